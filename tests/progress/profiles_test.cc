// What programs print of which there is no sample.
#include <gtest/gtest.h>

#include "progress/reading.h"

namespace taskwire::progress {
namespace {

TEST(ProfileApt, TellsPhasesAndErrors) {
  Reading reading(Words{"apt-get", "install", "x"});
  EXPECT_EQ(reading.after("\rReading package lists... 45%\r"),
            "45/100 @Reading package lists ? {Reading package lists running 45/100}");
  reading.feed("\r12% [1 libfoo 1,234 kB/5,678 kB 20%]");
  EXPECT_EQ(
      reading.after("\n\x1b"
                    "7\x1b[24;0f\x1b[42mProgress: [ 45%]\x1b[49m [####...] \x1b"
                    "8"),
      "45/100 @Installing ? {Reading package lists done 45/100, Downloading done 12/100, Installing running 45/100}");
  Reading status(Words{"apt-get", "install", "x"});
  status.feed("dlstatus:1:100.0000:Retrieving file 1 of 1\npmstatus:x:60.5:Preparing to configure x\n");
  EXPECT_EQ(status.says(),
            "60/100 @Installing \"Preparing to configure x\" ? {Downloading done 100/100, Installing running 60/100}");
  EXPECT_EQ(status.after("pmerror:deb:75%:it failed\n"),
            "75/100 @Installing \"it failed\" ? !error {Downloading done 100/100, Installing running 75/100}");
}

TEST(ProfileCargo, TellsABuildAndMessages) {
  const std::string_view bytes = "   Compiling foo v1.0\n    Building [=====>      ] 45/123: foo, bar\r";
  Reading build(Words{"cargo", "build"});
  EXPECT_EQ(build.after(bytes), "45/123 crates @Building \"foo, bar\"");
  Reading test(Words{"cargo", "test"});
  EXPECT_EQ(test.after(bytes), "45/123 crates @Building \"foo, bar\" ? {Building running 45/123}")
      << "tests will follow";
}

TEST(ProfileCurl, TellsEachFile) {
  const std::string header = "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n";
  const std::string end = "\r100 1953k  100 1953k    0     0   854k      0  0:00:02  0:00:02 --:--:--  854k\n";
  Reading reading(Words{"curl", "-O", "a", "-O", "b"});
  EXPECT_EQ(reading.after(header + end), "100%");
  EXPECT_EQ(reading.after(header + "\r 30 1953k   30  585k    0     0   972k      0  0:00:02 --:--:--  0:00:02  971k"),
            "30/100 ? {Part 1 done 100/100, Part 2 running 30/100}");
  Reading unknown(Words{"curl", "-O", "a"});
  EXPECT_EQ(unknown.after("\r100  585k    0  585k    0     0   972k      0 --:--:--  0:00:02 --:--:--  971k"), "100%");
  Reading stream(Words{"curl", "-O", "a"});
  EXPECT_EQ(stream.after("\r  0     0    0  585k    0     0   972k      0 --:--:--  0:00:02 --:--:--  971k"), "?");
  Reading ship(Words{"curl", "-#", "a"});
  EXPECT_EQ(ship.after("\r   #   -=O=-   #    #   \r"), "?");
}

TEST(ProfileDd, KnowsTheTotalFromItsOperands) {
  const auto says = [](Words operands) {
    operands.insert(operands.begin(), "dd");
    Reading reading(operands);
    return reading.after("\r2097152 bytes (2.1 MB, 2.0 MiB) copied, 2 s, 1 MB/s");
  };
  EXPECT_EQ(says({"bs=1M", "count=4"}), "50% 2097152/4194304 bytes");
  EXPECT_EQ(says({"bs=2x512k", "count=8"}), "25% 2097152/8388608 bytes");
  EXPECT_EQ(says({"bs=1MB", "count=4"}), "52% 2097152/4000000 bytes");
  EXPECT_EQ(says({"count=8192"}), "50% 2097152/4194304 bytes");
  for (const Words& operands :
       {Words{"bs=1M"}, Words{"count=4194304B"}, Words{"count=4194304", "iflag=count_bytes"}, Words{"bs=x", "count=4"},
        Words{"bs=0", "count=4"}, Words{"bs=1M", "count=1"}, Words{"bs=999999T", "count=999999T"}})
    EXPECT_EQ(says(operands), "2097152/- bytes ?") << operands[0];
}

TEST(ProfileDocker, TellsLayers) {
  Reading reading(Words{"docker", "pull", "x"});
  std::string bytes = "latest: Pulling from library/x\n";
  for (const std::string id : {"aaa1", "bbb2"}) bytes += "\n\x1b[1A\x1b[2K\r" + id + ": Pulling fs layer \r\x1b[1B";
  EXPECT_EQ(reading.after(bytes), "0% 0/2 layers {aaa1 pending, bbb2 pending}");
  EXPECT_EQ(reading.after("\x1b[2A\x1b[2K\raaa1: Downloading [====>   ]  1.5MB/3MB\r\x1b[2B"),
            "0% 0/2 layers {aaa1 running 1500000/3000000, bbb2 pending}");
  EXPECT_EQ(
      reading.after(
          "\x1b[2A\x1b[2K\raaa1: Pull complete \r\x1b[2B\x1b[1A\x1b[2K\rbbb2: Extracting [>  ]  33B/66B\r\x1b[1B"),
      "50% 1/2 layers {aaa1 done, bbb2 running 33/66}");
  EXPECT_EQ(reading.after(": Downloading\n"), "50% 1/2 layers {aaa1 done, bbb2 running 33/66}") << "it has no name";
  Reading build(Words{"docker", "build", "."});
  EXPECT_EQ(build.after("\x1b[?25l[+] Building 1.2s (5/12)\n"), "41% 5/12 steps");
}

TEST(ProfileE2fsck, TellsPassesAndItsOwnShareOfThem) {
  Reading reading(Words{"e2fsck", "-C1", "img"}, {}, Stream::out);
  EXPECT_EQ(reading.after("1 2 4 img\n"),
            "35% 2/4 @Pass 1 {Pass 1 running 2/4, Pass 2 pending, Pass 3 pending, Pass 4 pending, Pass 5 pending}");
  EXPECT_EQ(reading.after("2 0 4 img\n"),
            "70% 0/4 @Pass 2 {Pass 1 done, Pass 2 running 0/4, Pass 3 pending, Pass 4 pending, Pass 5 pending}");
  EXPECT_EQ(reading.after("5 4 4 img\n"),
            "100% 4/4 @Pass 5 {Pass 1 done, Pass 2 done, Pass 3 done, Pass 4 done, Pass 5 running 4/4}");
  EXPECT_EQ(reading.after("6 1 1 img\n11/64 files (0.0% non-contiguous), 13/64 blocks\n").substr(0, 4), "100%");
  for (const auto* const wheel : {"-", "|", "/", "\\"}) {
    Reading bar(Words{"fsck.ext4", "-C0", "/dev/x"});
    bar.feed("Pass 1: Checking inodes, blocks, and sizes\n\r");
    EXPECT_EQ(bar.after("/dev/x: |======                 " + std::string(wheel) + " 45.5%   "), "45%") << wheel;
  }
}

TEST(ProfileFfmpeg, TellsTimeOfDuration) {
  const std::string_view duration = "  Duration: 00:01:40.00, start: 0.000000, bitrate: 1 kb/s\n";
  const std::string_view status =
      "frame=  240 fps= 60 q=28.0 size=     256kB time=00:00:25.00 bitrate=1kbits/s speed=2x\r";
  const auto says = [&](const Words& command) {
    Reading reading(command);
    reading.feed(duration);
    return reading.after(status);
  };
  EXPECT_EQ(says({"ffmpeg", "-i", "a", "b"}), "25% 25/100 s");
  EXPECT_EQ(says({"ffmpeg", "-i", "a", "-t", "50", "b"}), "50% 25/50 s");
  EXPECT_EQ(says({"ffmpeg", "-i", "a", "-t", "0:00:50", "b"}), "50% 25/50 s");
  EXPECT_EQ(says({"ffmpeg", "-ss", "10", "-i", "a", "b"}), "25/- s ?") << "another length";
  Reading blocks(Words{"ffmpeg", "-i", "a", "-progress", "-", "b"});
  blocks.feed(duration);
  EXPECT_EQ(blocks.after("frame=240\nfps=59.9\nout_time_us=50000000\nout_time=00:00:50.000000\nprogress=continue\n"),
            "50% 50/100 s");
  EXPECT_EQ(blocks.after("out_time_us=99000000\nprogress=end\n"), "100% 100/100 s");
}

TEST(ProfileMake, TellsTheBuildOfMakefilesOfCMake) {
  Reading reading(Words{"make", "-j4"});
  EXPECT_EQ(reading.after("[ 12%] Building CXX object a.o\n"), "12% \"Building CXX object a.o\"");
}

TEST(ProfilePip, ReadsItsBar) {
  Reading reading(Words{"pip", "install", "x"});
  reading.feed("Downloading x-1-py3-none-any.whl (3.4 MB)\n");
  EXPECT_EQ(reading.after("\r\x1b[2K   \x1b[91m━━━━━╸\x1b[0m━━━━ \x1b[32m1.7/3.4 MB\x1b[0m \x1b[31m5.6 MB/s\x1b[0m eta "
                          "\x1b[36m0:00:01\x1b[0m"),
            "1700000/3400000 bytes @x-1-py3-none-any.whl ? {x-1-py3-none-any.whl running 1700000/3400000}");
  EXPECT_EQ(reading.after("\nInstalling collected packages: x\n"),
            "@Installing ? {x-1-py3-none-any.whl done 1700000/3400000, Installing running}");
}

TEST(ProfilePip, KnowsNoMoreThanCanBeCounted) {
  Reading reading(Words{"pip", "install", "x"});
  reading.feed("Downloading x-1-py3-none-any.whl (3.4 MB)\n");
  EXPECT_EQ(reading.after("\r   ━━━━━ 1/9007199254740992 PB 5.6 MB/s eta 0:00:01"), "");
  EXPECT_EQ(reading.after("\r   ━━━━━ 9007199254740992.5/9007199254740992.5 PB 5.6 MB/s eta 0:00:01"), "");
}

TEST(ProfilePv, KnowsWhatItDoesNotKnow) {
  Reading bar(Words{"pv"}, {}, Stream::err);
  EXPECT_EQ(bar.after("\r1.91MiB 0:00:03 [ 648KiB/s] [   <=>      ]"), "?");
  Reading numbers(Words{"pv", "-n"}, {}, Stream::err);
  EXPECT_EQ(numbers.after("123456\n"), "123456/- bytes ?");
  Reading data(Words{"pv"}, {}, Stream::out);
  EXPECT_EQ(data.after("40\n50\n[x] 60%\n"), "") << "what flows through";
}

TEST(ProfileRsync, KnowsNoWholeWhileItLooksForFiles) {
  Reading reading(Words{"rsync", "-a", "--info=progress2", "a", "b"});
  EXPECT_EQ(reading.after("\r      1,500,000  90%    3.28MB/s    0:00:00 (xfr#1, ir-chk=1000/1018)"),
            "18/1018 files ?");
  EXPECT_EQ(reading.after("\r      2,500,000  95%    3.28MB/s    0:00:00  "), "18/1018 files ?");
  EXPECT_EQ(reading.after("\r      2,500,000  45%    3.28MB/s    0:00:00 (xfr#9, to-chk=1000/3000)"),
            "45% 2000/3000 files");
}

TEST(ProfileRsync, ReadsNumbersAsPeopleWriteThem) {
  Reading reading(Words{"rsync", "-a", "--info=progress2", "a", "b"});
  EXPECT_EQ(reading.after("\r      1.500.000  40%    3,28MB/s    0:00:00  "), "40%");
  EXPECT_EQ(reading.after("\r          1.50M  50%    3.28MB/s    0:00:00  "), "50%");
}

TEST(ProfileTqdm, TellsTheOuterBar) {
  Reading reading(Words{"tqdm"});
  reading.feed("\router:   0%|          | 0/2 [00:00<?, ?it/s]\n\rinner:   0%|          | 0/3 [00:00<?, ?it/s]\x1b[A");
  EXPECT_EQ(reading.after("\n\rinner:  67%|######    | 2/3 [00:00<00:00, 9.00it/s]\x1b[A"), "0/2 @outer");
  EXPECT_EQ(reading.after("\router:  50%|#####     | 1/2 [00:00<00:00, 9.00it/s]"), "1/2 @outer");
  Reading scaled(Words{"python3", "x.py"}, "tqdm");
  EXPECT_EQ(scaled.after("\r  5%|5         | 52.4k/1.05M [00:00<00:01, 500kB/s]"), "52400/1050000 kB");
}

TEST(ProfileWget, TellsEachFileAndWhatHasNoLength) {
  Reading reading(Words{"wget", "a", "b"});
  reading.feed(
      "Saving to: \u2018a\u2019\n\n\ra                   100%[===================>]   1.91M   855KB/s    in 2.3s    "
      "\n\n");
  EXPECT_EQ(reading.after("Saving to: \u2018b\u2019\n\n\rb                    50%[=========>          ] 984.56K   "
                          "819KB/s               "),
            "50/100 @b ? {a done 100/100, b running 50/100}");
  Reading unknown(Words{"wget", "a"});
  Reading quiet(Words{"wget", "-q", "--show-progress", "a"});
  EXPECT_EQ(quiet.after("\ra        50%[=========>          ] 984.56K   819KB/s               "), "50%");
  EXPECT_EQ(unknown.after("Saving to: 'a'\n\n     0K .......... ..........   642M\n"), "@a ?");
}

TEST(ProfileZstd, ReadsHowMuchWasReadNotHowSmallItBecame) {
  Reading reading(Words{"zstd", "x"});
  EXPECT_EQ(reading.after("\rRead:   1.0 MiB /  4.00 MiB ==> 12%"), "25% 1048576/4194304 bytes");
  EXPECT_EQ(reading.after("\rx : 12.00%   (  4.00 MiB =>   492 KiB, x.zst) \n"), "25% 1048576/4194304 bytes");
}

}  // namespace
}  // namespace taskwire::progress
