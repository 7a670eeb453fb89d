#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

namespace taskwire::edge {

class SseStream;

/// The open streams of a shard, in order of their opening, for walks that are taken in slices. Confined to its shard's
/// thread.
class Streams {
 public:
  /// Rises with each stream, and is never 0.
  using Number = std::uint64_t;

  Number add(std::shared_ptr<SseStream> stream);
  /// Answers the stream, which may be on the stack. Requires that it is there.
  [[nodiscard]] std::shared_ptr<SseStream> remove(Number number);

  [[nodiscard]] std::size_t size() const { return open_; }

  /// How far a walk over all streams has come.
  struct Walk {
    Number last = 0;        ///< The stream that it visited last.
    std::size_t index = 0;  ///< Where that was.
  };
  /// The next stream; null at the walk's end. A stream opened meanwhile comes too, one closed meanwhile does not.
  [[nodiscard]] std::shared_ptr<SseStream> next(Walk& walk) const;

 private:
  struct Entry {
    Number number;
    std::shared_ptr<SseStream> stream;  // null: closed
  };
  using Entries = std::deque<Entry>;

  Entries entries_;
  std::size_t open_ = 0;
  Number last_ = 0;
};

}  // namespace taskwire::edge
