// Blocks of several rows that are drawn again and again, and the samples of real programs.
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

#include "text/terminal_line.h"
#include "text/terminal_record.h"

namespace taskwire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(TerminalRedraw, KeepsEachLayerOfAPullOnce) {
  std::string bytes = "latest: Pulling from library/x\n";
  for (const std::string id : {"a", "b", "c"}) bytes += "\n\x1b[1A\x1b[2K\r" + id + ": Pulling fs layer \r\x1b[1B";
  for (const auto* const state : {"Downloading 1MB/2MB", "Download complete", "Pull complete"}) {
    for (const std::string up : {"3", "2", "1"})
      bytes += "\x1b[" + up + "A\x1b[2K\r" + std::string(1, static_cast<char>('a' + 3 - (up[0] - '0'))) + ": " + state +
               " \r\x1b[" + up + "B";
  }
  bytes += "Digest: sha256:1\nStatus: done\n";
  EXPECT_THAT(lines_of(bytes), ElementsAre("latest: Pulling from library/x", "a: Pull complete", "b: Pull complete",
                                           "c: Pull complete", "Digest: sha256:1", "Status: done"));
}

TEST(TerminalRedraw, KeepsBarsOfSeveralRows) {
  const std::string frame = "\r\x1b[2K\x1b[1A\x1b[2K";
  EXPECT_THAT(
      lines_of("\x1b[?25lone 0%\ntwo 0%" + frame + "one 50%\ntwo 10%" + frame + "one 100%\ntwo 100%\n\x1b[?25h"),
      ElementsAre("one 100%", "two 100%"));
  EXPECT_THAT(lines_of("\router 0%\n\rinner 0%\x1b[A\n\rinner 50%\x1b[A\n\rinner 100%\x1b[A\router 100%\n\n"),
              ElementsAre("outer 100%", "inner 100%"));
}

TEST(TerminalRedraw, KeepsWhatIsPrintedAboveTheBars) {
  const std::string frame = "\r\x1b[2K\x1b[1A\x1b[2K";
  EXPECT_THAT(lines_of("\x1b[?25lone\ntwo" + frame + "a message\none 1\ntwo 2\n\x1b[?25h"),
              ElementsAre("a message", "one 1", "two 2"));
}

TEST(TerminalRedraw, MakesALineOfItsOwnWhereThelastFormIsGone) {
  EXPECT_THAT(lines_of("one\ntwo\n\x1b[2Aone!\ntwo!\n\x1b[2Aone?\ntwo?\n"), ElementsAre("one", "two", "one?", "two?"));
  EXPECT_THAT(lines_of("one\ntwo\n\x1b[2A\n\n"), ElementsAre("one", "two")) << "nothing was written there";
  EXPECT_THAT(lines_of("\x1b[9Atop\n"), ElementsAre("top")) << "there is nothing above";
}

TEST(TerminalRedraw, GoesOnAtOnceAfterTheBlock) {
  TerminalRecord record;
  TerminalLine line;
  line.feed("a\n\x1b[1Ab\n", record);
  for (int i = 0; i < 20; ++i) line.feed("plain\n", record);
  EXPECT_THAT(record.lines, SizeIs(22));
  EXPECT_EQ(line.unfinished(), "");
}

TEST(TerminalRedraw, GivesUpHeldLinesAfterAPause) {
  TerminalRecord record;
  TerminalLine line;
  line.feed("1%\r100%\nmore", record);
  EXPECT_THAT(record.lines, IsEmpty());
  EXPECT_EQ(line.unfinished(), "100%\nmore");
  line.settle(record);
  EXPECT_THAT(record.lines, ElementsAre("100%"));
  EXPECT_EQ(line.unfinished(), "more");
}

TEST(TerminalRedraw, ErasesBelow) {
  EXPECT_THAT(lines_of("\x1b[?25la\nb\nc\x1b[2A\r\x1b[Jd\n"), ElementsAre("d"));
  EXPECT_THAT(lines_of("x\n\x1b[H\x1b[2Jy\n\x1b[H\x1b[2Jz\n"), ElementsAre("x", "y", "z"))
      << "a screen that is cleared";
}

TEST(TerminalRedraw, KeepsABarInTheLastRowOutOfTheLines) {
  const std::string_view bytes =
      "one\n\x1b"
      "7\x1b[24;0fProgress: [ 45%]\x1b"
      "8two\n\x1b[s\x1b[24;1HProgress: [ 50%]\x1b[uthree\n";
  EXPECT_THAT(lines_of(bytes), ElementsAre("one", "two", "three"));
  EXPECT_THAT(folded(bytes).drawings,
              ElementsAre("one", "again: Progress: [ 45%]", "two", "again: Progress: [ 50%]", "three"));
  EXPECT_THAT(lines_of("\x1b"
                       "7a\x1b[5;5Hlost?\nb\n"),
              ElementsAre("a", "    lost?", "b"))
      << "never restored";
}

TEST(TerminalRedraw, HoldsBackLittle) {
  TerminalRecord record;
  TerminalLine line;
  const std::string wide(TerminalLine::kMaxLine - 1, 'w');
  for (int i = 0; i < 500; ++i) {
    line.feed("\x1b[40A" + wide + "\n\x1b[30B", record);
    ASSERT_LE(line.unfinished().size(), TerminalLine::kMaxHeld + 2 * TerminalLine::kMaxLine);
  }
  for (int i = 0; i < 500; ++i) {
    line.feed("x\rz\n", record);
    ASSERT_LE(line.unfinished().size(), TerminalLine::kMaxHeld + 2 * TerminalLine::kMaxLine);
  }
}

TEST(TerminalRedraw, IsTheSameForSamplesHoweverTheyAreCut) {
  for (const auto& file : std::filesystem::directory_iterator(TASKWIRE_PROGRESS_SAMPLES)) {
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    SCOPED_TRACE(file.path());
    ASSERT_FALSE(bytes.empty());
    expect_cuts_make_no_difference(bytes);
  }
}

TEST(TerminalRedraw, KeepsAFewLinesOfAClone) {
  std::ifstream in(TASKWIRE_PROGRESS_SAMPLES "/git.clone", std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  EXPECT_THAT(
      folded(bytes).lines,
      ElementsAre("Cloning into 'dst'...", "remote: Enumerating objects: 122, done.        ",
                  "remote: Counting objects: 100% (122/122), done.", "remote: Compressing objects: 100% (2/2), done.",
                  "remote: Total 122 (delta 0), reused 0 (delta 0), pack-reused 0",
                  "Receiving objects: 100% (122/122), 4.33 KiB | 2.16 MiB/s, done."));
}

}  // namespace
}  // namespace taskwire
