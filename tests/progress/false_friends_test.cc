// What looks like progress and is none.
#include <gtest/gtest.h>

#include "progress/reading.h"

namespace taskwire::progress {
namespace {

struct FalseFriend {
  std::string name;
  std::vector<std::string> lines;
};

void PrintTo(const FalseFriend& friends, std::ostream* out) {
  *out << friends.name;
}

/// Five lines in which `{}` rises: 10, 20, 30, 40, 50; `{n}`: 1, 2, 3, 4, 5.
FalseFriend rising(std::string name, const std::string& line) {
  FalseFriend friends{std::move(name), {}};
  const auto fill = [](std::string text, std::string_view mark, int value) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark))
      text.replace(at, mark.size(), std::to_string(value));
    return text;
  };
  for (int i = 1; i <= 5; ++i) friends.lines.push_back(fill(fill(line, "{}", i * 10), "{n}", i));
  return friends;
}

class FalseFriends : public testing::TestWithParam<FalseFriend> {};

void expect_silence(const std::vector<std::string>& lines, const std::string& before, const std::string& after) {
  std::string bytes;
  for (const auto& line : lines) bytes.append(before).append(line).append(after);
  for (const Words& command : {Words{"./script.sh"}, Words{"git", "bisect", "run"}, Words{"cargo", "test"}}) {
    Reading reading(command);
    reading.feed(bytes);
    EXPECT_EQ(reading.after("\n"), "") << bytes;
    EXPECT_EQ(reading.finish(), "") << bytes;
    EXPECT_EQ(reading.reader().version(), 0U);
  }
}

TEST_P(FalseFriends, MoveNoBarInLines) {
  expect_silence(GetParam().lines, "", "\n");
  expect_silence(GetParam().lines, "", "\r\n");
}

TEST_P(FalseFriends, MoveNoBarOnALineThatIsRewritten) {
  expect_silence(GetParam().lines, "\r", "");
  expect_silence(GetParam().lines, "\x1b[2K\x1b[1G", "");
  expect_silence(GetParam().lines, "", "\n\x1b[1A");
}

INSTANTIATE_TEST_SUITE_P(
    Lines, FalseFriends,
    testing::Values(
        FalseFriend{"PacketLoss", {"5 packets transmitted, 5 received, 0% packet loss, time 4005ms"}},
        rising("PacketLossThatRises", "5 packets transmitted, {n} received, {}% packet loss, time 4005ms"),
        FalseFriend{"Coverage", {"coverage: 83%"}}, rising("CoverageThatRises", "coverage: {}% of statements"),
        rising("CoverageOfGo", "ok  \texample.org/pkg\t0.1{n}s\tcoverage: {}.5% of statements"),
        rising("CoverageOfJest", "Statements   : {}% ( {n}/5 )"),
        rising("CoverageTable", "TOTAL      100     {n}    {}%  cov"),
        FalseFriend{"TestRunner", {"100% (5/5)", "100% (5/5)", "100% (5/5)"}},
        rising("TestRunnerThatRises", "{}% ({n}/5) tests passed"),
        rising("Ctest", " {n}/10 Test  #{n}: parse ....   Passed    0.01 sec"),
        rising("CtestSummary", "{}% tests passed, 2 tests failed out of 10"),
        rising("TestsOfJest", "Tests:       {n}/12 passed"), rising("Specs", "{n} of 9 specs, 0 failures"),
        rising("TestsInParens", "running suite ({n}/5)"), rising("Eta", "eta 0:0{n}:00, ETA {} s"),
        rising("EtaOfADownload", "time left: {n}:{} min ETA"), rising("Date", "Backup of {n}/12/2026 begins"),
        rising("DateIso", "2026-11-{} 10:0{n}:00 started"),
        FalseFriend{"DateShort", {"on 11/26", "on 11/27", "on 11/28", "on 11/29"}},
        FalseFriend{"DateNextToPercent", {"2026/11/28 started", "2026/11/29 started", "2026/11/30 started"}},
        rising("Price", "Save {}% off"), rising("PriceAttached", "{}%off today"), rising("Discount", "discount {}%"),
        rising("Tax", "plus {}% tax"), rising("IpAddress", "inet 10.0.0.{n}/24 brd 10.0.0.255"),
        rising("IpAddressAlone", "10.0.{n}.0/16"), rising("Version", "Python 3.{n}/3.14"),
        rising("VersionOfAProduct", "curl/8.{n} zlib/1.2.1{n}"), rising("VersionWithLetter", "v{n}/v9"),
        rising("Cup", "{n}/8 cup sugar"), rising("Cups", "add {n}/6 cups of milk"),
        rising("Inches", "a {n}/16 inch bolt"), rising("Score", "score: {n}/10"), rising("Rating", "rated {n}/5 stars"),
        rising("Retries", "retrying ({n}/9)"), rising("Attempts", "attempt {n} of 9"), rising("Cpu", "cpu {}%"),
        rising("CpuAndMemory", "CPU: {}% MEM: {n}2%"), rising("Memory", "memory {n}/8 GB"),
        rising("DiskUsage", "tmpfs 100M {}M 50M {}% used"), rising("Battery", "battery {}%"),
        rising("Accuracy", "accuracy: {}%"), rising("Compressed", "  adding: a.txt (deflated {}%)"),
        rising("Similarity", "similarity index {}%"), rising("Smaller", "{}% smaller than before"),
        rising("Change", "+{}%"), rising("ChangeDown", "-{}% since yesterday"),
        rising("UrlEncoded", "GET /a%{n}0b%{}20"), rising("Path", "read /a/{n}/9"),
        rising("PathRelative", "src/{n}/9.c"), rising("PathOfDevice", "/dev/sd{n} {n}0G /mnt/{n}/9"),
        rising("Clock", "12:0{n} up {} days"), rising("FractionAboveOne", "9{n}/3 items"), rising("Number", "{}"),
        rising("Fraction1", "{n}/1"),
        FalseFriend{"DiskFree",
                    {"/dev/sda1  100G   10G   90G  10% /", "/dev/sdb1  100G   20G   80G  20% /home",
                     "/dev/sdc1  100G   30G   70G  30% /srv", "/dev/sdd1  100G   40G   60G  40% /var"}},
        FalseFriend{"DiskFreeOfDisks",
                    {"/dev/sda1  100G   10G   90G  10% /mnt/1", "/dev/sdb1  100G   20G   80G  20% /mnt/2",
                     "/dev/sdc1  100G   30G   70G  30% /mnt/3"}},
        FalseFriend{"CoverageTableOfFiles", {"part1.py   50%", "part2.py   80%", "part3.py   90%"}},
        FalseFriend{"DayAndMonth", {"10/12 backup begins", "11/12 backup begins", "12/12 backup begins"}},
        FalseFriend{"DayAndMonthWithZero", {"04/11 it rains", "05/11 it rains", "06/11 it rains"}},
        rising("DockerStats", "a1b2c3d4e5f6   web    {}.50%    12MiB / 1.9GiB   0.6{n}%    1.2kB / 0B   0B / 0B   3"),
        FalseFriend{"UpAndDown", {"queue at 60%", "queue at 20%", "queue at 10%"}},
        FalseFriend{"TwoOfATemplateInLines", {"load factor 2.2", "took 3 ms"}}),
    [](const auto& each) { return each.param.name; });

TEST(FalseFriendsAlone, OneLineIsNotEnough) {
  Reading reading;
  EXPECT_EQ(reading.after("done 45%\n"), "");
  EXPECT_EQ(reading.after("3/4 of it\nworth 3/4\n"), "");
}

TEST(FalseFriendsAlone, TwoLinesAreNotEnough) {
  Reading reading;
  EXPECT_EQ(reading.after("Imported 11%.\nImported 12%.\n"), "");
  EXPECT_EQ(reading.after("Imported 13%.\n"), "13% @Imported");
}

TEST(FalseFriendsAlone, ASequenceOfNumbersIsNone) {
  Reading reading;
  std::string bytes;
  for (int i = 0; i <= 100; ++i) bytes += std::to_string(i) + "\n";
  EXPECT_EQ(reading.after(bytes), "");
}

}  // namespace
}  // namespace taskwire::progress
