#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace taskwire {

/// Writes lines to a file descriptor on a thread of its own, so that nobody who has something to say waits for who
/// reads it: a pipe that nobody empties, a terminal that is halted, a disk that is full. Thread-safe.
class LineWriter {
 public:
  /// The line, with its line feed, that tells of so many lines in whose place it stands. Called on the writer's thread.
  using DropNotice = std::function<std::string(std::uint64_t count)>;

  /// Writes to a copy of `fd`, which may be closed from then on. Holds at most `most_bytes` of lines, besides those
  /// that are being written.
  LineWriter(int fd, std::size_t most_bytes, DropNotice tell_dropped);
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;
  /// Without a flush: what has not been written yet is written as long as nothing stands in the way and the process
  /// lives. Never blocks.
  ~LineWriter();

  /// Takes a line with its line feed. Never waits for the reader. Where there is no room the line is dropped, and so is
  /// each that comes before there is. Their number is told when there is room again, and so is that of lines that could
  /// not be written: the reader had gone, or the disk was full.
  void write(std::string_view line);
  /// Waits until all that was taken before has been written or lost, at most `patience`; whether it has.
  bool flush(std::chrono::milliseconds patience);

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace taskwire
