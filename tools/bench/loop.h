#pragma once

#include <cstdint>

#include "bench/clock.h"

namespace taskwire::bench {

/// Who is told that a descriptor is ready.
class Handler {
 public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  virtual ~Handler() = default;
  /// `events` are those of epoll_wait(2). `at` is when the round began in which they were seen.
  virtual void on_ready(std::uint32_t events, Nanoseconds at) = 0;
};

/// Waits for many descriptors, on one thread. A handler must outlive the round in which its descriptor is closed. Not
/// thread-safe.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Closing the descriptor ends it.
  void add(int fd, std::uint32_t events, Handler& handler);
  void change(int fd, std::uint32_t events, Handler& handler);
  /// Tells the handlers of what is ready, having waited for something until `deadline` at the latest.
  void run_once(Nanoseconds deadline);

 private:
  int epoll_;
};

}  // namespace taskwire::bench
