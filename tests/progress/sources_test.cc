// What a program says by itself, in the order of trust.
#include <gtest/gtest.h>

#include "progress/reading.h"

namespace taskwire::progress {
namespace {

constexpr std::string_view kBell = "\x07";

std::string osc(std::string_view text, std::string_view end = kBell) {
  return "\x1b]9;4;" + std::string(text) + std::string(end);
}

TEST(TerminalSequence, TellsAllStates) {
  Reading reading;
  EXPECT_EQ(reading.after(osc("0")), "") << "nothing to remove: it has not spoken";
  EXPECT_EQ(reading.reader().source(), Source::none);
  EXPECT_EQ(reading.after(osc("3")), "?");
  EXPECT_EQ(reading.after(osc("1;5")), "5%");
  EXPECT_EQ(reading.after(osc("1;50", "\x1b\\")), "50%");
  EXPECT_EQ(reading.after(osc("4;50")), "50% !paused");
  EXPECT_EQ(reading.after(osc("4")), "50% !paused");
  EXPECT_EQ(reading.after(osc("2")), "50% !error");
  EXPECT_EQ(reading.after(osc("2;60")), "60% !error");
  EXPECT_EQ(reading.after(osc("3;")), "60% ?");
  EXPECT_EQ(reading.after(osc("1;70;")), "70%");
  EXPECT_EQ(reading.after(osc("1;1000")), "100%");
  EXPECT_EQ(reading.after(osc("0;;", "\x1b\\")), "100%") << "two ends too many are not a removal, and change nothing";
  EXPECT_EQ(reading.after(osc("0;")), "100%");
}

TEST(TerminalSequence, IsNoOtherCommand) {
  Reading reading;
  for (const auto* const text : {"5;50", "x", "", "1;x", "1;50;50", "-1", "99999999999999999999"})
    reading.feed(osc(text));
  for (const auto* const text : {"\x1b]9;hello 50%\x07", "\x1b]0;50%\x07", "\x1b]9;4\x07", "\x1b]99;4;1;50\x07"})
    reading.feed(text);
  EXPECT_EQ(reading.finish(), "");
}

TEST(TerminalSequence, MayBeCutAnywhere) {
  const auto bytes =
      "a 50%\r" + osc("1;10") + "text\n" + osc("1;20;", "\x1b\\") + osc("4;30") + osc("2;40") + "\x1b[0m" + osc("0");
  expect_cuts_make_no_difference({}, {}, Stream::terminal, bytes);
  EXPECT_EQ(in_pieces({}, {}, Stream::terminal, bytes, 1), "40% after 5");
}

TEST(TerminalSequence, TellsPartsWhereItBeginsAnew) {
  Reading reading;
  reading.feed(osc("1;50") + osc("1;100") + osc("0"));
  EXPECT_EQ(reading.after(osc("1;10")), "10/100 ? {Part 1 done 100/100, Part 2 running 10/100}");
}

TEST(JsonLines, TellProgress) {
  Reading reading;
  EXPECT_EQ(reading.after("{\"message_type\":\"status\",\"percent_done\":0.42,\"total_files\":7,\"files_done\":3,"
                          "\"total_bytes\":1000,\"bytes_done\":420}\n"),
            "42% 420/1000 bytes");
  EXPECT_EQ(reading.after("{\"percent_done\":1}\r\n"), "100% 420/1000 bytes");
  EXPECT_EQ(reading.reader().source(), Source::json);
}

TEST(JsonLines, FindOutWhereTheScaleEnds) {
  const auto says = [](std::string_view lines) {
    Reading reading;
    reading.feed(lines);
    return reading.finish();
  };
  EXPECT_EQ(says("{\"progress\":0.5}\n"), "50%");
  EXPECT_EQ(says("{\"progress\":0.5}\n{\"progress\":1}\n"), "100%");
  EXPECT_EQ(says("{\"progress\":50}\n{\"progress\":51.5}\n"), "51%");
  EXPECT_EQ(says("{\"progress\":0}\n{\"progress\":1}\n"), "1%") << "counts to 100";
  EXPECT_EQ(says("{\"progress\":1.0}\n"), "") << "the end, or the beginning";
  EXPECT_EQ(says("{\"progress\":0.5}\n{\"progress\":1.5}\n"), "1%") << "it was per cent all along";
  EXPECT_EQ(says("{\"percent_done\":1}\n"), "100%");
  EXPECT_EQ(says("{\"progress\":70}\n{\"progress\":60}\n"), "70%");
}

TEST(JsonLines, TakeWhatStandsBeside) {
  Reading reading;
  EXPECT_EQ(
      reading.after(
          "  {\"progress\":10,\"message\":\"a\\nb\",\"stage\":\"s\",\"done\":1,\"total\":10,\"unit\":\"rows\"}  \n"),
      "10% 1/10 rows @s \"a b\"");
}

TEST(JsonLines, AreNoOtherJson) {
  Reading reading;
  for (const auto* const line :
       {"{\"progress\":\"50%\"}", "{\"progress\":null}", "{\"progress\":-1}", "{\"progress\":101}", "{\"progress\":0.5",
        "{}", "{\"x\":{\"progress\":0.5}}", "[{\"progress\":0.5}]", "{progress:50}", "{\"progress\":1e999}",
        "{\"coverage\":83}", "{\"a\":\"\\\"progress\\\"\"}"})
    reading.feed(std::string(line) + "\n");
  EXPECT_EQ(reading.finish(), "");
}

TEST(PercentLine, IsNothingElse) {
  Reading reading;
  EXPECT_EQ(reading.after("10%\n"), "10%");
  EXPECT_EQ(reading.after(" 20.9 %\r\n"), "20%");
  EXPECT_EQ(reading.after("\r30%"), "30%");
  EXPECT_EQ(reading.after("\r5%\n"), "30%") << "a fall is none";
  EXPECT_EQ(reading.after("101%\n-3%\n40% of it\nabout 50%\n"), "30%");
  EXPECT_EQ(reading.after("100%\n"), "100%");
  EXPECT_EQ(reading.after("0%\n"), "0/100 ? {Part 1 done 100/100, Part 2 running 0/100}");
}

TEST(PercentLine, IsZenitysOnlyInPairs) {
  Reading reading;
  EXPECT_EQ(reading.after("1\n2\n3\n"), "") << "numbers say nothing";
  EXPECT_EQ(reading.after("# a comment\n5\n"), "");
  EXPECT_EQ(reading.after("# Copying b\n10\n"), "10% \"Copying b\"");
  EXPECT_EQ(reading.after("20\n"), "20% \"Copying b\"");
  EXPECT_EQ(reading.after("# Copying c\n"), "20% \"Copying c\"");
  Reading other;
  EXPECT_EQ(other.after("# one\n50\n# two\n7\n# x\ntext\n8\n"), "") << "they fall, and stand apart";
}

TEST(Trust, GoesToTheBetterSourceForGood) {
  Reading reading(Words{"ninja"});
  EXPECT_EQ(reading.after("load 1/4\rload 2/4\rload 3/4\r"), "3/4 @load");
  EXPECT_EQ(reading.reader().source(), Source::heuristics);
  EXPECT_EQ(reading.after("[1/2] cc a\n"), "50% 1/2 steps \"cc a\"");
  EXPECT_EQ(reading.after("load 4/4\r"), "50% 1/2 steps \"cc a\"");
  EXPECT_EQ(reading.after("60%\n"), "60%") << "what the worse one said is forgotten";
  EXPECT_EQ(reading.after("[2/2] cc b\n"), "60%");
  EXPECT_EQ(reading.after("{\"progress\":0.7}\n"), "70%");
  EXPECT_EQ(reading.after("80%\n"), "70%");
  EXPECT_EQ(reading.after(osc("1;5")), "5%");
  EXPECT_EQ(reading.after("{\"progress\":0.9}\n90%\n"), "5%");
  EXPECT_EQ(reading.reader().source(), Source::terminal_sequence);
}

TEST(ProgressReader, KeepsStreamsApart) {
  ProgressReader reader(Words{"x"});
  const ProgressReader::Time now{};
  reader.feed("1", Stream::out, now);
  reader.feed("2", Stream::err, now);
  reader.feed("0%\n", Stream::out, now);
  EXPECT_EQ(describe(reader.progress()), "10%");
  reader.feed("0%\n", Stream::err, now);
  EXPECT_EQ(describe(reader.progress()), "20%");
}

TEST(ProgressReader, TakesWhatStoodThereBeforeAPause) {
  ProgressReader reader(Words{"x"});
  ProgressReader::Time now{};
  reader.feed("\r10%", Stream::out, now);
  EXPECT_EQ(reader.version(), 0U);
  reader.wait(now + std::chrono::milliseconds(99));
  EXPECT_EQ(reader.version(), 0U);
  now += ProgressReader::kPause;
  reader.feed("\r20%", Stream::out, now);
  EXPECT_EQ(describe(reader.progress()), "10%");
  reader.wait(now + ProgressReader::kPause);
  EXPECT_EQ(describe(reader.progress()), "20%");
  EXPECT_EQ(reader.version(), 2U);
}

}  // namespace
}  // namespace taskwire::progress
