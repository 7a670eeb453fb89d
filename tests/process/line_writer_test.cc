#include "process/line_writer.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <future>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace taskwire {
namespace {

using namespace std::chrono_literals;
constexpr auto kPatience = 30s;
constexpr std::size_t kMostBytes = 4096;

std::string tell_dropped(std::uint64_t count) {
  return "(" + std::to_string(count) + ")\n";
}

/// A pipe of the least size, one page.
class Pipe {
 public:
  Pipe() {
    EXPECT_EQ(pipe2(ends_.data(), O_CLOEXEC), 0);
    fcntl(ends_[1], F_SETPIPE_SZ, 1);
  }
  ~Pipe() {
    close(0);
    close(1);
  }
  [[nodiscard]] int in() const { return ends_[1]; }
  void close(std::size_t end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }
  /// What comes until `text` has, or the other end is closed.
  std::string read_until(const std::string& text) {
    std::array<char, 512> buffer;
    for (;;) {
      if (all_.find(text) != std::string::npos) return all_;
      const auto got = ::read(ends_[0], buffer.data(), buffer.size());
      if (got <= 0) return all_ + "<end>";
      all_.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  std::array<int, 2> ends_{};
  std::string all_;
};

std::string line_of(std::size_t size, char c) {
  return std::string(size - 1, c) + '\n';
}

/// How many lines `text` has, and how many its notices tell of.
std::pair<std::uint64_t, std::uint64_t> account(const std::string& text) {
  std::uint64_t written = 0;
  std::uint64_t dropped = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('(')) dropped += std::stoul(line.substr(1));
    if (line.starts_with('x')) ++written;
  }
  return {written, dropped};
}

TEST(LineWriter, WritesLinesInOrder) {
  Pipe pipe;
  LineWriter writer(pipe.in(), kMostBytes, tell_dropped);
  for (int i = 0; i < 100; ++i) writer.write(std::to_string(i) + "\n");
  EXPECT_TRUE(writer.flush(kPatience));
  std::string expected;
  for (int i = 0; i < 100; ++i) expected += std::to_string(i) + "\n";
  EXPECT_EQ(pipe.read_until("99\n"), expected);
}

TEST(LineWriter, NeverWaitsForItsReaderAndTellsWhatItDropped) {
  Pipe pipe;
  constexpr std::uint64_t kLines = 10'000;
  {
    LineWriter writer(pipe.in(), kMostBytes, tell_dropped);
    for (std::uint64_t i = 0; i < kLines; ++i) writer.write(line_of(64, 'x'));  // 640,000 bytes that nobody reads
    EXPECT_FALSE(writer.flush(1ms));
  }  // nor does its end wait
  pipe.close(1);
  const auto text = pipe.read_until("<never>");
  const auto [written, dropped] = account(text);
  EXPECT_EQ(written + dropped, kLines);
  EXPECT_LE(written * 64, 3 * kMostBytes) << "the pipe, what was being written, and what waited";
}

TEST(LineWriter, TakesLinesAgainWhenItsReaderReadsOn) {
  Pipe pipe;
  LineWriter writer(pipe.in(), kMostBytes, tell_dropped);
  for (int i = 0; i < 10'000; ++i) writer.write(line_of(64, 'x'));
  auto text = std::async(std::launch::async, [&] { return pipe.read_until("after\n"); });
  EXPECT_TRUE(writer.flush(kPatience));
  writer.write("after\n");
  const auto [written, dropped] = account(text.get());
  EXPECT_EQ(written + dropped, 10'000U);
  EXPECT_GT(dropped, 0U);
}

TEST(LineWriter, LosesALineThatNeverFits) {
  Pipe pipe;
  LineWriter writer(pipe.in(), kMostBytes, tell_dropped);
  writer.write(line_of(kMostBytes + 1, 'x'));
  EXPECT_TRUE(writer.flush(kPatience));
  EXPECT_EQ(pipe.read_until("\n"), "(1)\n");
}

TEST(LineWriter, PassesLinesOnWholeToAPipeThatOthersWriteTo) {
  Pipe pipe;
  LineWriter first(pipe.in(), 1 << 20, tell_dropped);
  LineWriter second(pipe.in(), 1 << 20, tell_dropped);
  for (int i = 0; i < 2'000; ++i) {
    first.write(line_of(100, 'a'));
    second.write(line_of(70, 'b'));
  }
  first.write("end a\n");
  second.write("end b\n");
  pipe.read_until("end a\n");
  const auto text = pipe.read_until("end b\n");
  EXPECT_EQ(text.find("ab"), std::string::npos);
  EXPECT_EQ(text.find("ba"), std::string::npos);
}

TEST(LineWriter, SurvivesAReaderThatHasGone) {
  Pipe pipe;
  LineWriter writer(pipe.in(), kMostBytes, tell_dropped);
  pipe.close(0);
  for (int i = 0; i < 3; ++i) {
    writer.write("x\n");
    EXPECT_TRUE(writer.flush(kPatience));
  }
}

TEST(LineWriter, TellsAReaderThatCameBackWhatWasLost) {
  const auto path = testing::TempDir() + "taskwire-line-writer-test";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  const int in = open(path.c_str(), O_WRONLY);
  LineWriter writer(in, kMostBytes, tell_dropped);
  close(in);
  close(reader);
  writer.write("one\n");
  EXPECT_TRUE(writer.flush(kPatience));
  writer.write("two\nthree\n");
  EXPECT_TRUE(writer.flush(kPatience));
  reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  writer.write("four\n");
  EXPECT_TRUE(writer.flush(kPatience));
  std::string text(100, '\0');
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(read(reader, text.data(), text.size()), 0)));
  EXPECT_EQ(text, "(3)\nfour\n");
  close(reader);
  unlink(path.c_str());
}

TEST(LineWriter, SurvivesADiskThatIsFull) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  LineWriter writer(full, kMostBytes, tell_dropped);
  close(full);
  writer.write("x\n");
  EXPECT_TRUE(writer.flush(kPatience));
}

TEST(LineWriter, WaitsForADescriptorThatDoesNotBlock) {
  Pipe pipe;
  fcntl(pipe.in(), F_SETFL, O_NONBLOCK);
  LineWriter writer(pipe.in(), 1 << 20, tell_dropped);
  for (int i = 0; i < 2'000; ++i) writer.write(line_of(64, 'x'));
  writer.write("end\n");
  EXPECT_EQ(pipe.read_until("end\n").size(), 2'000 * 64 + 4);
}

}  // namespace
}  // namespace taskwire
