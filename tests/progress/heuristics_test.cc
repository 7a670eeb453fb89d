#include <gtest/gtest.h>

#include "progress/reading.h"

namespace taskwire::progress {
namespace {

TEST(Heuristics, ReadARowThatIsDrawnAgain) {
  const auto says = [](std::string_view bytes) {
    expect_cuts_make_no_difference({}, {}, Stream::terminal, bytes);
    Reading reading;
    return reading.after(bytes);
  };
  EXPECT_EQ(says("\rcopy 10%\rcopy 20%"), "20% @copy");
  EXPECT_EQ(says("copy 1/10\rcopy 2/10\r"), "2/10 @copy");
  EXPECT_EQ(says("\rcopy 1 of 10\rcopy 2 of 10"), "2/10 @copy");
  EXPECT_EQ(says("\r[#    ] 3/30 files\r[##   ] 4/30 files"), "4/30");
  EXPECT_EQ(says("\rcopy: 10% (1/10) left 0:10\rcopy: 20% (2/10) left 0:09"), "20% 2/10 @copy");
  EXPECT_EQ(says("\r 1.2MB/5.0MB\r 2.5MB/5.0MB"), "2500000/5000000 bytes");
  EXPECT_EQ(says("\r  ━━━ 1.7/3.4 MB 5 MB/s\r  ━━━ 3.4/3.4 MB 5 MB/s"), "100%");
  EXPECT_EQ(says("tables:  1/16\b\b\b\b\b 2/16\b\b\b\b\b 3/16\b\b\b\b\b"), "3/16") << "as mke2fs draws it";
  EXPECT_EQ(says("\x1b[?25l\r\x1b[2Kx 1%\x1b[1G\x1b[2Kx 7%"), "7% @x");
  EXPECT_EQ(says("\rcopy 10%\rcopy 10%\rcopy 10%"), "") << "it does not rise";
}

TEST(Heuristics, ReadThreeLinesOfATemplate) {
  Reading reading;
  EXPECT_EQ(reading.after("Processed 100 of 500 rows in 3 s\nother\nProcessed 200 of 500 rows in 6 s\n"), "");
  EXPECT_EQ(reading.after("Processed 300 of 500 rows in 9 s\n"), "300/500 @Processed");
  EXPECT_EQ(reading.after("Indexed 400 of 500 rows in 12 s\n"), "300/500 @Processed");
  EXPECT_EQ(reading.after("Processed 500 of 500 rows in 15 s\n"), "500/500 @Processed");
}

TEST(Heuristics, MakePartsOfWhatBeginsAnew) {
  Reading reading;
  EXPECT_EQ(reading.after("\rone 50%\rone 100%\rtwo 5%"), "100% @one");
  EXPECT_EQ(reading.after("\rtwo 20%"), "20/100 @two ? {one done 100/100, two running 20/100}");
}

TEST(Heuristics, MakePartsOfBarsBesideEachOther) {
  Reading reading;
  const std::string frame = "\x1b[2A";
  reading.feed("a 10%\nb 20%\n" + frame + "a 20%\nb 25%\n");
  EXPECT_EQ(reading.after(frame + "a 30%\nb 35%\n"), "35/100 @b ? {a running 30/100, b running 35/100}");
}

TEST(Heuristics, TakeBackWhatFalls) {
  Reading reading;
  EXPECT_EQ(reading.after("\rlevel 10%\rlevel 50%"), "50% @level");
  EXPECT_EQ(reading.after("\rlevel 48%"), "50% @level") << "a total that grew";
  EXPECT_EQ(reading.after("\rlevel 20%"), "") << "it was no progress";
  EXPECT_EQ(reading.after("\rlevel 30%\rlevel 40%\rlevel 60%"), "");
}

TEST(Heuristics, AreOffForProgramsThatAreKnownWhole) {
  Reading reading(Words{"zstd", "x"});
  EXPECT_EQ(reading.after("\rx 10%\rx 20%\rx 30%"), "");
}

TEST(Heuristics, KeepStepsAndTextsBounded) {
  Reading reading;
  for (int i = 0; i < 200; ++i) {
    const auto name =
        std::string(1, static_cast<char>('a' + i / 26)) + static_cast<char>('a' + i % 26) + std::string(300, 'n');
    reading.feed("\r" + name + " 1%\r" + name + " 50%\r" + name + " 100%\n");
  }
  reading.finish();
  EXPECT_EQ(reading.reader().progress().steps.size(), Progress::kMaxSteps);
  for (const auto& step : reading.reader().progress().steps) EXPECT_LE(step.name.size(), Progress::kMaxName);
}

}  // namespace
}  // namespace taskwire::progress
