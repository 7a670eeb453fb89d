#include "view/output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "view/foreign_text.h"

namespace taskwire::view {
namespace {

using testing::ElementsAre;

class OutputTest : public testing::Test {
 protected:
  void print(const std::string& text, int place, const std::string& stream = "stdout", int attempt = 1) {
    receive("output", R"({"stream":")" + stream + R"(","text":)" + view::quoted(text) + "}",
            "e1-" + std::to_string(attempt) + "." + std::to_string(place));
  }
  void line(const std::string& text, const std::string& stream = "stdout") {
    receive("line", R"({"stream":")" + stream + R"(","text":)" + view::quoted(text) + "}", last_id_);
  }
  void receive(const std::string& type, const std::string& data, const std::string& id) {
    last_id_ = id;
    output_.received({type, id, data});
  }
  std::vector<std::string> shown() const {
    std::vector<std::string> shown;
    for (const auto& block : output_.blocks()) {
      const char* const mark = block.kind == Output::Kind::err ? "! " : block.kind == Output::Kind::note ? "# " : "";
      shown.push_back(mark + block.text);
    }
    return shown;
  }

  Output output_;
  std::string last_id_;
};

TEST_F(OutputTest, IsEmptyAtFirst) {
  EXPECT_TRUE(output_.is_empty());
  EXPECT_FALSE(output_.has_ended());
  EXPECT_EQ(output_.above(), 0);
}

TEST_F(OutputTest, JoinsWhatComesFromOneStream) {
  print("a\n", 2);
  print("b\n", 4);
  print("oh\n", 7, "stderr");
  print("c\n", 9);
  EXPECT_THAT(shown(), ElementsAre("a\nb\n", "! oh\n", "c\n"));
}

TEST_F(OutputTest, SaysWhenThereIsSomethingToDraw) {
  const int before = output_.revision();
  receive("heartbeat", "{}", "e1-1.0");
  receive("upstream", R"({"state":"down"})", "e1-1.0");
  EXPECT_EQ(output_.revision(), before);
  print("a\n", 2);
  EXPECT_NE(output_.revision(), before);
}

TEST_F(OutputTest, ReplacesAnUnfinishedLine) {
  line("10 %");
  line("20 %");
  line("so far", "stderr");
  EXPECT_EQ(output_.unfinished(Output::Kind::out), "20 %");
  EXPECT_EQ(output_.unfinished(Output::Kind::err), "so far");
  EXPECT_FALSE(output_.is_empty());
  print("100 %\n", 6);
  EXPECT_EQ(output_.unfinished(Output::Kind::out), "");
  EXPECT_EQ(output_.unfinished(Output::Kind::err), "so far") << "that of the other stream stays";
  EXPECT_THAT(shown(), ElementsAre("100 %\n"));
}

TEST_F(OutputTest, TakesNothingTwice) {
  print("a\n", 2);
  print("b\n", 4);
  print("a\n", 2);
  print("b\n", 4);
  EXPECT_THAT(shown(), ElementsAre("a\nb\n"));
  print("again\n", 6, "stdout", 2);
  EXPECT_THAT(shown(), ElementsAre("a\nb\nagain\n"));
}

TEST_F(OutputTest, TakesWhatHasNoPlaceAsItIs) {
  receive("output", R"({"stream":"stdout","text":"a\n"})", "");
  receive("output", R"({"stream":"stdout","text":"b\n"})", "nonsense");
  receive("output", R"({"stream":"stdout","text":"c\n"})", "e1-1.x");
  EXPECT_THAT(shown(), ElementsAre("a\nb\nc\n"));
}

TEST_F(OutputTest, IgnoresWhatIsMalformed) {
  for (const auto* data : {"", "{", "[]", "7", "\"text\""}) {
    receive("output", data, "e1-1.5");
    receive("line", data, "e1-1.5");
  }
  EXPECT_TRUE(output_.is_empty());
  receive("output", R"({"stream":"stdprn","text":"as any"})", "e1-1.6");
  EXPECT_THAT(shown(), ElementsAre("as any"));
}

TEST_F(OutputTest, SaysWhatWasLeftOut) {
  print("a\n", 2);
  line("half");
  receive("skipped", R"({"from":"e1-1.2","to":"e1-1.2050"})", "e1-1.2050");
  EXPECT_EQ(output_.unfinished(Output::Kind::out), "");
  receive("skipped", R"({"from":3000,"to":5048})", "e1-1.5048");
  receive("skipped", R"({"from":"x","to":null})", "e1-1.6000");
  receive("skipped", R"({"from":"e1-1.2","to":"e1-1.2050"})", "e1-1.2050");
  EXPECT_THAT(shown(), ElementsAre("a\n", "# 2.0 KiB was left out here", "# 2.0 KiB was left out here",
                                   "# Something was left out here"));
}

TEST_F(OutputTest, SaysWhereAnAttemptBegins) {
  receive("attempt", R"({"attempt":1})", "e1-1.0");
  print("a\n", 2);
  line("half");
  receive("attempt", R"({"attempt":2})", "e1-2.0");
  EXPECT_EQ(output_.unfinished(Output::Kind::out), "");
  print("b\n", 2, "stdout", 2);
  receive("attempt", R"({"attempt":2})", "e1-2.2");
  receive("attempt", "{}", "e1-3.0");
  receive("attempt", "{}", "");
  EXPECT_THAT(shown(), ElementsAre("a\n", "# Attempt 2", "b\n", "# Attempt 3"));
}

TEST_F(OutputTest, BeginsAnewWhenTold) {
  print("a\n", 2);
  line("half");
  const auto number = output_.blocks().back().number;
  const int revision = output_.revision();
  receive("reset", R"({"reason":"epoch"})", last_id_);
  EXPECT_TRUE(output_.is_empty());
  EXPECT_NE(output_.revision(), revision);
  print("a\n", 2);
  EXPECT_THAT(shown(), ElementsAre("a\n"));
  EXPECT_GT(output_.blocks().front().number, number) << "it is another block";
}

TEST_F(OutputTest, EndsAndMayGoOn) {
  print("a\n", 2);
  line("half");
  receive("end", "{}", "e1-1.3");
  EXPECT_TRUE(output_.has_ended());
  EXPECT_EQ(output_.unfinished(Output::Kind::out), "");
  output_.go_on();
  print("b\n", 2, "stdout", 2);
  EXPECT_FALSE(output_.has_ended());
  EXPECT_THAT(shown(), ElementsAre("a\nb\n"));
}

TEST_F(OutputTest, SaysOfWhichAttemptItReadLast) {
  EXPECT_EQ(output_.attempt(), std::nullopt);
  print("a\n", 2, "stdout", 2);
  EXPECT_EQ(output_.attempt(), 2);
  receive("end", "{}", "e1-3.1");
  EXPECT_EQ(output_.attempt(), 3);
  receive("reset", "{}", "e1-3.1");
  EXPECT_EQ(output_.attempt(), std::nullopt);
}

TEST_F(OutputTest, ForgetsUnfinishedLinesWhenItIsCut) {
  print("a\n", 2);
  line("half");
  output_.cut();
  EXPECT_EQ(output_.unfinished(Output::Kind::out), "");
  EXPECT_THAT(shown(), ElementsAre("a\n"));
}

TEST_F(OutputTest, KeepsTheNewest) {
  const std::string text = std::string(99, 'x') + "\n";
  int place = 0;
  for (int i = 0; i < 10'000; ++i) print(text, place += 100);
  std::size_t kept = 0;
  for (const auto& block : output_.blocks()) kept += block.text.size();
  EXPECT_LE(kept, Output::kMost);
  EXPECT_GT(kept, Output::kMost - 3 * Output::kBlockSize);
  EXPECT_EQ(output_.above() + static_cast<std::int64_t>(kept), 1'000'000);
  for (std::size_t i = 1; i < output_.blocks().size(); ++i) {
    EXPECT_EQ(output_.blocks()[i].number, output_.blocks()[i - 1].number + 1);
  }
}

TEST_F(OutputTest, CountsWhatWasLeftOutAboveWhatItKeeps) {
  const std::string text = std::string(99, 'x') + "\n";
  print(text, 100);
  receive("skipped", R"({"from":"e1-1.100","to":"e1-1.1000100"})", "e1-1.1000100");
  EXPECT_EQ(output_.left_out_above(), 0) << "the note is still there";
  for (int i = 1; i <= 10'000; ++i) print(text, 1'000'100 + i * 100);
  EXPECT_EQ(output_.left_out_above(), 1'000'000);
  std::size_t kept = 0;
  for (const auto& block : output_.blocks()) kept += block.text.size();
  EXPECT_EQ(output_.above() + static_cast<std::int64_t>(kept), 1'000'100);
  receive("reset", "{}", "e1-1.0");
  EXPECT_EQ(output_.left_out_above(), 0);
}

TEST_F(OutputTest, KeepsFewBlocksHoweverSmallTheyAre) {
  for (int i = 1; i < 20'000; ++i) print("x\n", 2 * i, i % 2 == 0 ? "stdout" : "stderr");
  EXPECT_LE(output_.blocks().size(), Output::kMost / Output::kBlockCost);
}

TEST_F(OutputTest, CutsWhatIsLargeAfterALineAndNeverACharacter) {
  print(std::string(Output::kBlockSize - 10, 'a') + "\n" + std::string(100, 'b'), 1);
  EXPECT_EQ(output_.blocks().size(), 2U);
  EXPECT_EQ(output_.blocks()[1].text, std::string(100, 'b'));
  output_ = {};
  std::string umlauts;
  for (std::size_t i = 0; i < Output::kBlockSize; ++i) umlauts += "ü";
  print("x" + umlauts, 2);
  std::string joined;
  for (const auto& block : output_.blocks()) {
    EXPECT_EQ(marked(block.text), block.text);
    EXPECT_NE(static_cast<unsigned char>(block.text[0]) & 0xC0U, 0x80U);
    joined += block.text;
  }
  EXPECT_EQ(joined, "x" + umlauts);
  line(std::string(1'000'000, 'y'));
  EXPECT_EQ(output_.unfinished(Output::Kind::out).size(), Output::kMostOfLine);
}

TEST(Plain, LeavesOutWhatSteersATerminal) {
  EXPECT_EQ(plain("\x1b[1;31mred\x1b[0m and \x1b]0;title\x07 \x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ \x1b(Bplain\x1b"
                  "7"),
            "red and  link plain");
  EXPECT_EQ(plain("a\r\nb\rc\n\td"), "a\nbc\n\td");
  EXPECT_EQ(plain("end\x1b"), "end");
  EXPECT_EQ(plain("end\x1b["), "end");
  EXPECT_EQ(plain("end\x1b]0;never closed"), "end");
  EXPECT_EQ(plain("end\x1b]0;never closed\nnext"), "end\nnext");
  EXPECT_EQ(plain("end\x1b("), "end");
  EXPECT_EQ(plain("\x01\u202E!"), "\uFFFD\uFFFD!");
  EXPECT_EQ(plain(""), "");
}

}  // namespace
}  // namespace taskwire::view
