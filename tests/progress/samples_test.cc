// The bytes of real programs, and what is known of their progress at which moments.
#include <fstream>
#include <gtest/gtest.h>

#include "progress/reading.h"

namespace taskwire::progress {
namespace {

struct Moment {
  std::string_view after;  ///< Its next occurrence has just been written, and nothing for a while then.
  std::string_view says;
};

struct Sample {
  std::string name;
  Words command;
  Stream stream;
  std::vector<Moment> moments;
  std::string end;
};

void PrintTo(const Sample& sample, std::ostream* out) {
  *out << sample.name;
}

std::string bytes_of(const std::string& name) {
  std::ifstream in(TASKWIRE_PROGRESS_SAMPLES "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Samples : public testing::TestWithParam<Sample> {};

TEST_P(Samples, AreReadAsTheyCome) {
  const auto& sample = GetParam();
  const auto bytes = bytes_of(sample.name);
  ASSERT_FALSE(bytes.empty());
  Reading reading(sample.command, {}, sample.stream);
  std::size_t at = 0;
  for (const auto& moment : sample.moments) {
    const auto found = bytes.find(moment.after, at);
    ASSERT_NE(found, std::string::npos) << moment.after;
    const auto end = found + moment.after.size();
    EXPECT_EQ(reading.after(std::string_view(bytes).substr(at, end - at)), moment.says) << "after " << moment.after;
    at = end;
  }
  reading.feed(std::string_view(bytes).substr(at));
  EXPECT_EQ(reading.finish(), sample.end);
}

TEST_P(Samples, MayBeCutAnywhere) {
  const auto& sample = GetParam();
  expect_cuts_make_no_difference(sample.command, {}, sample.stream, bytes_of(sample.name));
}

const Words kGit = {"git", "clone", "--progress", "src", "dst"};

INSTANTIATE_TEST_SUITE_P(
    RealPrograms, Samples,
    testing::Values(
        Sample{"apt.statusfd",
               {"sudo", "apt-get", "download", "hello"},
               Stream::out,
               {{"dlstatus:1:0.0000:Retrieving file 1 of 1\n",
                 "0/100 @Downloading \"Retrieving file 1 of 1\" ? {Downloading running 0/100}"},
                {"49.0282:Retrieving file 1 of 1\n",
                 "49/100 @Downloading \"Retrieving file 1 of 1\" ? {Downloading running 49/100}"}},
               "100/100 @Downloading \"Retrieving file 1 of 1\" ? {Downloading running 100/100}"},
        Sample{"curl.default",
               {"curl", "-O", "http://x/a"},
               Stream::err,
               {{"Left  Speed\n", ""}, {"--:--:--     0", "0%"}, {"  971k", "30%"}, {"0:00:01  869k", "75%"}},
               "100%"},
        Sample{"curl.hash",
               {"/usr/bin/curl", "-#", "http://x/a"},
               Stream::err,
               {{" 5.0%", "5%"}, {"50.0%", "50%"}, {"95.0%", "95%"}},
               "100%"},
        Sample{"curl.two",
               {"curl", "-o", "a", "http://x/a", "-o", "b", "http://x/b"},
               Stream::terminal,
               {{"0:00:01 14.9M", "48%"}, {"0:00:01 14.9M", "20/100 ? {Part 1 done 100/100, Part 2 running 20/100}"}},
               "100/100 ? {Part 1 done 100/100, Part 2 done 100/100}"},
        Sample{"dd.count",
               {"dd", "if=/dev/zero", "of=/dev/null", "bs=1M", "count=60000"},
               Stream::terminal,
               {{"14.4 GB/s", "45% 28801236992/62914560000 bytes"}},
               "100% 62914560000/62914560000 bytes"},
        Sample{"dd.progress",
               {"dd", "if=/dev/zero", "of=/dev/null", "status=progress"},
               Stream::err,
               {{"40.5 GB/s", "40498036736/- bytes ?"}},
               "124520235008/- bytes ?"},
        Sample{"git.clone",
               kGit,
               Stream::err,
               {{"122, done.        \n", ""},
                {"13% (16/122)", "16/122 objects @Counting objects ? {Counting objects running 16/122}"},
                {"objects: 100% (2/2), done.        \n",
                 "2/2 objects @Compressing objects ? {Counting objects done 122/122, Compressing objects running 2/2}"},
                {"89% (109/122)",
                 "109/122 objects @Receiving objects ? {Counting objects done 122/122, Compressing objects done 2/2, "
                 "Receiving objects running 109/122}"}},
               "122/122 objects @Receiving objects ? {Counting objects done 122/122, Compressing objects done 2/2, "
               "Receiving objects running 122/122}"},
        Sample{"git.tty",
               {"git", "clone", "src", "dst"},
               Stream::terminal,
               {{"2% (120/5987)\x1b[K\r", "120/5987 objects @Counting objects ? {Counting objects running 120/5987}"},
                {"(3053/4769)\x1b[K\r",
                 "3053/4769 objects @Compressing objects ? {Counting objects done 5987/5987, "
                 "Compressing objects running 3053/4769}"},
                {"(300/5987)\r",
                 "300/5987 objects @Receiving objects ? {Counting objects done 5987/5987, "
                 "Compressing objects done 4769/4769, Receiving objects running 300/5987}"}},
               "4173/4173 deltas @Resolving deltas ? {Counting objects done 5987/5987, Compressing objects done "
               "4769/4769, "
               "Receiving objects done 5987/5987, Resolving deltas running 4173/4173}"},
        Sample{"ninja.out",
               {"ninja"},
               Stream::out,
               {{"T a\n", "33% 1/3 steps \"T a\""}, {"T b\n", "66% 2/3 steps \"T b\""}},
               "100% 3/3 steps \"T c\""},
        Sample{"ninja.tty",
               {"ninja"},
               Stream::terminal,
               {{"[0/3] T a\x1b[K", "0% 0/3 steps \"T a\""}, {"T b\x1b[K", "33% 1/3 steps \"T b\""}},
               "100% 3/3 steps \"T c\""},
        Sample{"par.bar",
               {"parallel", "--bar"},
               Stream::terminal,
               {{"No such device or address\n", ""}, {"0 sec 1", ""}, {"\r0\r", ""}, {"\r0\r", "0% \"0 sec 1\""}},
               "100% \"0 sec 4\""},
        Sample{"pip.raw",
               {"python3.11", "-m", "pip", "download", "pygments"},
               Stream::out,
               {{"MB)\n", ""},
                {"Progress 0 of 1250147\n",
                 "0/1250147 bytes @pygments-2.21.0-py3-none-any.whl ? "
                 "{pygments-2.21.0-py3-none-any.whl running 0/1250147}"},
                {"262144 of 1250147\n",
                 "262144/1250147 bytes @pygments-2.21.0-py3-none-any.whl ? "
                 "{pygments-2.21.0-py3-none-any.whl running 262144/1250147}"}},
               "1250147/1250147 bytes @pygments-2.21.0-py3-none-any.whl ? "
               "{pygments-2.21.0-py3-none-any.whl running 1250147/1250147}"},
        Sample{"pip.tty",
               {"pip", "download", "pygments", "numpy"},
               Stream::terminal,
               {{"eta \x1b[36m-:--:--\x1b[0m",
                 "0/1300000 bytes @pygments-2.21.0-py3-none-any.whl ? "
                 "{pygments-2.21.0-py3-none-any.whl running 0/1300000}"},
                {"3.6 MB/s\x1b[0m eta \x1b[36m0:00:01\x1b[0m",
                 "1000000/1300000 bytes @pygments-2.21.0-py3-none-any.whl ? {pygments-2.21.0-py3-none-any.whl running "
                 "1000000/1300000}"}},
               "16900000/16900000 bytes @numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl ? "
               "{pygments-2.21.0-py3-none-any.whl done 1300000/1300000, "
               "numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl running 16900000/16900000}"},
        Sample{"pv.f", {"pv", "-f", "file"}, Stream::err, {{"ETA 0:00:01", "40%"}, {"ETA 0:00:00", "80%"}}, "100%"},
        Sample{"pv.n", {"pv", "-n", "file"}, Stream::err, {{"40\n", "40%"}, {"80\n", "80%"}}, "100%"},
        Sample{"rich.pipe", {"python3", "work.py"}, Stream::out, {}, ""},
        Sample{"rich.tty",
               {"python3", "work.py"},
               Stream::terminal,
               {{"[36m-:--:--", ""},
                {"15%\x1b[0m \x1b[36m0:00:01\x1b[0m", "15% @Work"},
                {"45%\x1b[0m \x1b[36m0:00:01", "45% @Work"}},
               "100% @Work"},
        Sample{"rich.two",
               {"python3", "work.py"},
               Stream::terminal,
               {},
               "75/100 @parse ? {fetch done 100/100, parse running 75/100}"},
        Sample{"rsync.progress",
               {"rsync", "-a", "--progress", "a/", "b"},
               Stream::terminal,
               {{"  2%    0.00kB/s    0:00:00  ", "@f1 ? {f1 running 2/100}"},
                {"to-chk=3/5)", "40% 2/5 files @f1 {f1 done 100/100}"},
                {"  2%   15.62MB/s    0:00:00  ", "40% 2/5 files @f2 {f2 running 2/100}"},
                {"to-chk=1/5)", "80% 4/5 files @f3 {f3 done 100/100}"}},
               "100% 5/5 files @f4 {f4 done 100/100}"},
        Sample{
            "rsync.progress2",
            {"nice", "-n", "10", "rsync", "-a", "--info=progress2", "a/", "b"},
            Stream::terminal,
            {{"0:00:00  ", "0%"}, {"to-chk=3/5)", "25% 2/5 files"}, {"54%    2.93MB/s    0:00:00  ", "54% 3/5 files"}},
            "100% 5/5 files"},
        Sample{"tqdm.nested",
               {"python3", "work.py"},
               Stream::terminal,
               {{"2/5 [00:00<00:00, 16.63it/s]", "0/3 @outer"},
                {"1/3 [00:00<00:00,  3.31it/s]", "1/3 @outer"},
                {"4/5 [00:00<00:00, 16.61it/s]", "1/3 @outer"}},
               "3/3 @outer"},
        Sample{"tqdm.pipe",
               {"python3", "encode.py"},
               Stream::err,
               {{"?file/s]", "0/50 file @encode"},
                {"49.62file/s]", "5/50 file @encode"},
                {"49.46file/s]", "15/50 file @encode"}},
               "50/50 file @encode"},
        Sample{"wget.bar",
               {"env", "LC_ALL=C", "wget", "--progress=bar:force", "http://x/a"},
               Stream::err,
               {{"'/dev/null'\n", ""}, {"--.-KB/s", "0% @/dev/null"}, {"819KB/s", "50% @/dev/null"}},
               "100% @/dev/null"},
        Sample{"wget.pipe",
               {"wget", "http://x/a"},
               Stream::err,
               {{"  2%  642M 0s\n", "2% @/dev/null"}, {" 43%  579M 1s\n", "43% @/dev/null"}},
               "100% @/dev/null"},
        Sample{
            "wget.tty", {"wget", "http://x/a"}, Stream::terminal, {{"14.7MB/s", "10% @/dev/null"}}, "100% @/dev/null"},
        Sample{"xz.v", {"xz", "-v", "r.bin"}, Stream::err, {}, ""},
        Sample{"zstd.tty",
               {"zstd", "--progress", "-15", "big.bin"},
               Stream::terminal,
               {{"==>  0%", "0% 0/29989274 bytes"}, {"==> 100%", "8% 2621440/29989274 bytes"}},
               "82% 24641536/29989274 bytes"},
        Sample{"zstd.progress",
               {"zstd", "--progress", "r.bin"},
               Stream::terminal,
               {{"==>  0%", "0% 0/2998927 bytes"}},
               "0% 0/2998927 bytes"}),
    [](const auto& each) {
      auto name = each.param.name;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

}  // namespace
}  // namespace taskwire::progress
