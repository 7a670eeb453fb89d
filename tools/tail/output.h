#pragma once

#include <string>
#include <string_view>

namespace taskwire::tail {

/// Standard output, written without a buffer. A write waits for a slow reader, but no longer than until the program is
/// told to stop. Not thread-safe.
class Output {
 public:
  /// Both stay open while it lives. `stop`: readable once the program shall stop.
  Output(int fd, int stop) : fd_(fd), stop_(stop) {}

  /// Writes all of `bytes`; false where that cannot be, now or ever again.
  [[nodiscard]] bool write(std::string_view bytes);

  /// Whether the far side of a pipe or a socket has gone.
  [[nodiscard]] bool is_reader_gone() const;
  /// A write was given up because the program shall stop.
  [[nodiscard]] bool is_interrupted() const { return is_interrupted_; }
  /// Why the last write failed, where that was not the reader's wish; else empty.
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  int fd_;
  int stop_;
  bool is_interrupted_ = false;
  std::string error_;
};

}  // namespace taskwire::tail
