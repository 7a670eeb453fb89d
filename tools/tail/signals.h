#pragma once

#include <csignal>

namespace taskwire::tail {

/// The signals that the program takes in turn: SIGINT and SIGTERM by a descriptor, SIGCONT by a look from time to time;
/// SIGPIPE becomes a failed write. One at a time; make it before any thread. Not thread-safe.
class Signals {
 public:
  Signals();
  /// From then on SIGINT and SIGTERM end the process.
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Readable when SIGINT or SIGTERM has come; closed with this.
  [[nodiscard]] int stop_fd() const { return fd_; }
  /// The one that has come; 0: none yet. Another one ends the process.
  [[nodiscard]] int take_stop();
  /// Whether the process was stopped and goes on, since last asked.
  [[nodiscard]] static bool take_continued();

 private:
  sigset_t stop_;
  int fd_;
};

}  // namespace taskwire::tail
