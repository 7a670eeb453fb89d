#include "program/output_queue.h"

#include <gtest/gtest.h>
#include <map>

#include "text/json_writer.h"

namespace taskwire {
namespace {

constexpr std::size_t kReport = std::size_t{512} << 10;

/// All that waits, as a server gets it.
std::string drain(OutputQueue& queue) {
  std::string text;
  while (!queue.next(kReport).empty()) {
    for (const auto& piece : queue.next(kReport)) {
      EXPECT_EQ(piece.offset, text.size());
      text += piece.text;
    }
    queue.taken(text.size());
  }
  EXPECT_TRUE(queue.is_empty());
  return text;
}

TEST(OutputQueue, GivesPiecesWithTheirPlace) {
  OutputQueue queue;
  queue.add("one ", false);
  queue.add("two", false);
  queue.add("oh", true);
  const std::vector<OutputPiece> expected = {{0, false, "one two"}, {7, true, "oh"}};
  EXPECT_EQ(queue.next(kReport), expected);
  queue.add("three", false);
  EXPECT_EQ(queue.next(kReport), expected) << "the same until it is taken";
  queue.taken(8);
  EXPECT_EQ(queue.next(kReport), (std::vector<OutputPiece>{{8, true, "h"}})) << "the server has the rest";
  queue.taken(9);
  EXPECT_EQ(queue.next(kReport), (std::vector<OutputPiece>{{9, false, "three"}}));
}

TEST(OutputQueue, FitsWhatItGivesIntoAReport) {
  OutputQueue queue;
  queue.add(std::string(100, '\x1b'), false);
  ASSERT_EQ(queue.next(64 + 60).size(), 1U);
  EXPECT_EQ(queue.next(64 + 60)[0].text.size(), 10U) << "each takes six bytes in JSON";
  for (const auto& [most, size] : std::map<std::size_t, std::size_t>{
           {1, 1}, {1023, 1023}, {1024, 1023}, {1025, 1025}, {1500, 1500}, {2048, 2048}, {3000, 3000}}) {
    OutputQueue long_one;
    long_one.add(std::string(1023, 'x') + "ш" + std::string(4000, 'x'), false);
    EXPECT_EQ(long_one.next(64 + most)[0].text.size(), size);
  }
  OutputQueue wide;
  wide.add("шшш", false);
  EXPECT_EQ(wide.next(64 + 5)[0].text, "шш") << "characters stay whole";
  EXPECT_EQ(json_size("a\n\x1b\""), 11U);
}

TEST(OutputQueue, CountsNoLessThanJsonTakes) {
  std::vector<std::string> texts = {"\u0085", "\u00a0", "\u2028", "\u2029", "\u20ac"};
  for (char c = 0; c < 0x7F; ++c) texts.emplace_back(1, c);
  for (const auto& text : texts) {
    std::string json;
    JsonWriter(json).value(text);
    EXPECT_GE(json_size(text) + 2, json.size()) << json;
  }
}

TEST(OutputQueue, GivesWhatComesAfterWhatIsUnderWay) {
  OutputQueue queue;
  queue.add("one ", false);
  queue.add("oh", true);
  queue.add("two", false);
  EXPECT_EQ(queue.waiting(), 9U);
  EXPECT_EQ(queue.next(64 + 3), (std::vector<OutputPiece>{{0, false, "one"}}));
  EXPECT_EQ(queue.next(64 + 1, 3), (std::vector<OutputPiece>{{3, false, " "}}));
  EXPECT_EQ(queue.next(kReport, 4), (std::vector<OutputPiece>{{4, true, "oh"}, {6, false, "two"}}));
  EXPECT_EQ(queue.next(kReport, 5), (std::vector<OutputPiece>{{5, true, "h"}, {6, false, "two"}}));
  EXPECT_TRUE(queue.next(kReport, 9).empty());
  EXPECT_EQ(queue.begin(), 0U);
  queue.taken(5);
  EXPECT_EQ(queue.begin(), 5U);
  EXPECT_EQ(queue.waiting(), 4U);
  EXPECT_EQ(queue.next(kReport), (std::vector<OutputPiece>{{5, true, "h"}, {6, false, "two"}}));
  queue.taken(9);
  EXPECT_EQ(queue.waiting(), 0U);
}

TEST(OutputQueue, GivesAllOnceInReportsUnderWayTogether) {
  OutputQueue queue;
  std::string all;
  for (int i = 0; i < 100'000; ++i) {
    const auto line = std::to_string(i) + (i % 97 == 0 ? "ш\n" : "\n");
    queue.add(line, i % 1000 < 500);
    all += line;
  }
  std::string text;
  for (std::uint64_t under_way = 0, taken = 0;; taken = under_way) {
    for (const std::size_t most : {1000, 70'000, 5000}) {
      for (const auto& piece : queue.next(most, under_way)) {
        ASSERT_EQ(piece.offset, text.size());
        text += piece.text;
      }
      under_way = text.size();
    }
    if (under_way == taken) break;
    queue.taken(under_way - (taken % 3));  // as much as the server tells
  }
  EXPECT_EQ(text, all);
}

TEST(OutputQueue, GivesAtMostSoManyPieces) {
  OutputQueue queue;
  for (int i = 0; i < 600; ++i) queue.add("x", i % 2 == 0);
  EXPECT_EQ(queue.next(kReport).size(), OutputQueue::kMostPieces);
  EXPECT_EQ(drain(queue), std::string(600, 'x'));
}

TEST(OutputQueue, KeepsTheFirstAndTheNewestAndTellsWhatIsLeftOut) {
  OutputQueue queue;
  std::string all;
  for (int i = 0; i < 1'000'000; ++i) {
    const auto line = std::to_string(i) + "\n";
    queue.add(line, false);
    all += line;
  }
  const std::string text = drain(queue);
  const auto told = text.find("\n[taskwire: ");
  ASSERT_NE(told, std::string::npos);
  const auto end = text.find("]\n", told) + 2;
  EXPECT_GT(told, OutputQueue::kFirst - 100);
  EXPECT_EQ(text.substr(0, told), all.substr(0, told));
  const auto rest = text.substr(end);
  EXPECT_LE(rest.size(), OutputQueue::kNewest);
  EXPECT_EQ(rest, all.substr(all.size() - rest.size()));
  EXPECT_EQ(std::stoul(text.substr(told + 12)), all.size() - told - rest.size());
}

TEST(OutputQueue, GoesOnWhereAServerIsThatKnowsLess) {
  OutputQueue queue;
  queue.add("abcdef", false);
  queue.taken(queue.next(kReport).back().offset + 6);
  queue.add("ghi", true);
  EXPECT_EQ(queue.next(kReport)[0].offset, 6U);
  queue.taken(2);
  EXPECT_EQ(queue.next(kReport), (std::vector<OutputPiece>{{2, true, "ghi"}}));
  queue.taken(5);
  EXPECT_TRUE(queue.is_empty());
}

TEST(OutputQueue, GivesLessOfTheSameWhereThatWasTooMuch) {
  OutputQueue queue;
  queue.add("one two", false);
  queue.add("oh", true);
  EXPECT_EQ(queue.next(kReport).size(), 2U);
  EXPECT_EQ(queue.next(64 + 3), (std::vector<OutputPiece>{{0, false, "one"}}));
  EXPECT_EQ(queue.next(2 * 64 + 8), (std::vector<OutputPiece>{{0, false, "one two"}, {7, true, "o"}}));
  queue.taken(8);
  EXPECT_EQ(queue.next(kReport), (std::vector<OutputPiece>{{8, true, "h"}})) << "it was taken after all";
}

TEST(OutputQueue, LeavesOutAllWhereThereIsNoTime) {
  OutputQueue queue;
  queue.add("one ", false);
  queue.taken(queue.next(kReport).size() * 2);
  queue.add("two", true);
  queue.leave_out_all();
  const std::vector<OutputPiece> expected = {{2, false, "\n[taskwire: 5 bytes of output left out]\n"}};
  EXPECT_EQ(queue.next(kReport), expected);
  queue.taken(2 + expected[0].text.size());
  EXPECT_TRUE(queue.is_empty());
}

TEST(OutputQueue, DropsAllWhereNobodyTakesIt) {
  OutputQueue queue;
  queue.add("a", false);
  queue.close();
  queue.add("b", false);
  EXPECT_TRUE(queue.is_empty());
}

}  // namespace
}  // namespace taskwire
