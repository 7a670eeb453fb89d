#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace taskwire::edge {

class Shard;
class SseStream;

/// Ends the streams of a shard one after the other, spread over a window. Confined to its shard's thread, once it is
/// made.
class Drain {
 public:
  /// `done` is called once: when no stream is left, or the window is over.
  Drain(Shard& shard, std::chrono::milliseconds window, std::function<void()> done);

  /// The stream is to be ended, in the order of these calls; one of one task behind all others, since that may end by
  /// itself.
  void add(SseStream& stream);
  /// Begins, when all were added.
  void start() noexcept;
  /// How long who comes now should stay away: until the window is over, and a part of it longer, so that they do not
  /// all come back at once; each of the two is 20 s at most. And a reconnection time.
  [[nodiscard]] std::chrono::milliseconds absence();

 private:
  void go_on();

  Shard& shard_;
  const std::chrono::steady_clock::time_point begin_;
  const std::chrono::milliseconds window_;
  const std::function<void()> done_;
  std::vector<std::weak_ptr<SseStream>> streams_, of_one_task_;
  std::size_t ended_ = 0;  // of streams_
  boost::asio::steady_timer timer_;
};

}  // namespace taskwire::edge
