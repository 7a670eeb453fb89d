#include "output/output_fold.h"

#include <gmock/gmock.h>
#include <limits>
#include <utility>

namespace taskwire::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kOut = v1::OUTPUT_STREAM_STDOUT;
constexpr auto kErr = v1::OUTPUT_STREAM_STDERR;
constexpr auto kNoBorder = std::numeric_limits<std::int64_t>::max();

/// `place stream text` of each piece, after one of which nothing is missing.
std::vector<std::string> texts(OutputFold& fold, OutputRun& run, std::int64_t border = kNoBorder) {
  std::vector<std::string> texts;
  auto place = run.place;
  for (const auto& piece : fold.pieces(run, border)) {
    EXPECT_EQ(piece.place, place);
    EXPECT_EQ(piece.attempt, run.attempt);
    place += static_cast<std::int64_t>(piece.text.size());
    texts.push_back((piece.stream == kErr ? "2 " : "1 ") + piece.text);
  }
  EXPECT_EQ(run.place, place);
  return texts;
}

TEST(OutputFold, KeepsLinesOfEachStreamAsTheyEnd) {
  OutputFold fold;
  OutputRun run{.attempt = 3};
  fold.take(kOut, "one\ntw");
  fold.take(kErr, "wrong\n");
  fold.take(kOut, "o\nthree\nfour");
  EXPECT_THAT(texts(fold, run), ElementsAre("1 one\n", "2 wrong\n", "1 two\nthree\n"));
  EXPECT_EQ(fold.unfinished(kOut), "four");
  EXPECT_EQ(fold.unfinished(kErr), "");
  fold.finish();
  EXPECT_THAT(texts(fold, run), ElementsAre("1 four"));
  EXPECT_EQ(run.place, 24);
}

TEST(OutputFold, KeepsTheLastFormOfALineThatRewritesItself) {
  OutputFold fold;
  OutputRun run{.attempt = 1};
  for (int i = 0; i <= 100; ++i) fold.take(kOut, "\r" + std::to_string(i) + "%");
  EXPECT_THAT(texts(fold, run), IsEmpty());
  EXPECT_EQ(fold.unfinished(kOut), "100%");
  fold.take(kOut, " done\n");
  fold.take(kOut, "next\n");
  EXPECT_THAT(texts(fold, run), ElementsAre("1 100% done\nnext\n"));
}

TEST(OutputFold, GoesOnWhereItStands) {
  const std::string text = "one\r\ntwo \x1b[31mred\x1b[0m\n50%\r100%\n\xc3\xa4\xe2\x82\xac\nlast";
  OutputFold whole;
  OutputRun run{.attempt = 1};
  whole.take(kErr, text);
  whole.finish();
  std::string kept;
  for (const auto& piece : whole.pieces(run, kNoBorder)) kept += piece.text;
  EXPECT_EQ(kept, "one\ntwo red\n100%\n\xc3\xa4\xe2\x82\xac\nlast");
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    OutputFold first;
    OutputRun cut_run{.attempt = 1};
    std::string got;
    first.take(kErr, text.substr(0, cut));
    for (const auto& piece : first.pieces(cut_run, kNoBorder)) got += piece.text;
    auto second = OutputFold::of(cut_run);
    ASSERT_TRUE(second) << cut;
    second->take(kErr, text.substr(cut));
    second->finish();
    for (const auto& piece : second->pieces(cut_run, kNoBorder)) got += piece.text;
    EXPECT_EQ(got, kept) << cut;
  }
}

TEST(OutputFold, CutsLongLinesWithoutAddingAnything) {
  OutputFold fold;
  OutputRun run{.attempt = 1};
  const std::string line(3 * OutputFold::kMostPiece + 5, 'x');
  fold.take(kOut, line + "\n");
  std::string kept;
  for (const auto& piece : fold.pieces(run, kNoBorder)) {
    EXPECT_LE(piece.text.size(), OutputFold::kMostPiece);
    kept += piece.text;
  }
  EXPECT_EQ(kept, line + "\n");
}

TEST(OutputFold, PutsNoMoreIntoAPieceThanItMay) {
  OutputFold fold;
  OutputRun run{.attempt = 1};
  for (int i = 0; i < 10'000; ++i) fold.take(kOut, "a line of some length\n");
  for (const auto& piece : fold.pieces(run, kNoBorder)) {
    EXPECT_LE(piece.text.size(), OutputFold::kMostPiece + 1);
    EXPECT_EQ(piece.text.back(), '\n');
  }
  EXPECT_EQ(run.place, 220'000);
}

TEST(OutputFold, OfStreamsThatTakeTurnsForEverIsNotInPiecesWithoutEnd) {
  OutputFold fold;
  OutputRun run{.attempt = 1};
  for (int i = 0; i < 100'000; ++i) {
    fold.take(kOut, "a\n");
    fold.take(kErr, "b\n");
  }
  const auto pieces = fold.pieces(run, kNoBorder);
  EXPECT_LT(pieces.size(), OutputFold::kMostTurns + 50);
  EXPECT_EQ(run.place, 400'000);
}

TEST(OutputFold, EndsAPieceAtTheBorder) {
  OutputFold fold;
  OutputRun run{.attempt = 1};
  fold.take(kOut, "one\ntwo\nthree\nfour\n");
  EXPECT_THAT(texts(fold, run, 10), ElementsAre("1 one\ntwo\n", "1 three\nfour\n"));
  fold.take(kOut, "five\n");
  EXPECT_THAT(texts(fold, run, 10), ElementsAre("1 five\n")) << "it lies behind";
}

TEST(OutputFold, IsNoneOfWhatWasNotWrittenSo) {
  EXPECT_FALSE(OutputFold::of({}));
  OutputFold fold;
  OutputRun run;
  (void)fold.pieces(run, kNoBorder);
  EXPECT_TRUE(OutputFold::of(run));
  for (auto* const place : {&run.next, &run.place}) {
    const auto before = std::exchange(*place, -1);
    EXPECT_FALSE(OutputFold::of(run));
    *place = before;
  }
  run.err = run.err.substr(1);
  EXPECT_FALSE(OutputFold::of(run));
}

TEST(OutputFold, MakesTheSamePiecesOfLinesTogetherAndOneByOne) {
  std::uint32_t seed = 1;
  const auto random = [&seed] { return (seed = seed * 1'664'525 + 1'013'904'223) >> 16U; };
  for (int round = 0; round < 6; ++round) {
    OutputFold together;
    OutputFold one_by_one;
    for (int turn = 0; turn < 12; ++turn) {
      const auto stream = random() % 3 == 0 ? kErr : kOut;
      std::string text;
      for (int i = 0; i < 400; ++i) {
        text.append(random() % 5 == 0 ? random() % 9000 % (round % 2 == 0 ? 100 : 9000) : random() % 20, 'x');
        text += random() % 200 == 0 ? "\r\n" : "\n";
      }
      together.take(stream, text);
      for (const char c : text) one_by_one.take(stream, {&c, 1});
    }
    OutputRun run{.attempt = 1};
    OutputRun other{.attempt = 1};
    ASSERT_EQ(texts(together, run, 100'000), texts(one_by_one, other, 100'000)) << round;
    EXPECT_EQ(run.out, other.out);
    EXPECT_EQ(run.err, other.err);
  }
}

}  // namespace
}  // namespace taskwire::engine
