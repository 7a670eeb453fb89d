#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>

namespace taskwire::edge {

class SseStream;

/// The open streams of a shard, in two orders: by when each last sent something, the longest silent first, and by when
/// each was opened, for walks that are taken in slices. Confined to its shard's thread.
class Streams {
 public:
  using Clock = std::chrono::steady_clock;

 private:
  struct Entry {
    std::shared_ptr<SseStream> stream;
    Clock::time_point last_sent;
    std::uint64_t number;
  };

 public:
  using Place = std::list<Entry>::iterator;

  Place add(std::shared_ptr<SseStream> stream);
  /// The stream has sent something just now.
  void touch(Place place);
  /// Answers the stream, which may be on the stack.
  [[nodiscard]] std::shared_ptr<SseStream> remove(Place place);

  [[nodiscard]] bool is_empty() const { return by_silence_.empty(); }
  [[nodiscard]] std::size_t size() const { return by_silence_.size(); }
  /// The longest silent, and since when. Require one.
  [[nodiscard]] const std::shared_ptr<SseStream>& longest_silent() const { return by_silence_.front().stream; }
  [[nodiscard]] Clock::time_point silent_since() const { return by_silence_.front().last_sent; }
  /// Puts the longest silent last, as if it had sent something.
  void pass_over();

  /// A place of a walk over all streams.
  using Walk = std::uint64_t;
  /// The next stream of a walk that begins with 0; null at its end. A stream opened meanwhile comes too, one closed
  /// meanwhile does not.
  [[nodiscard]] std::shared_ptr<SseStream> next(Walk& walk) const;

 private:
  std::list<Entry> by_silence_;
  std::map<std::uint64_t, Place> by_number_;
  std::uint64_t last_number_ = 0;
};

}  // namespace taskwire::edge
