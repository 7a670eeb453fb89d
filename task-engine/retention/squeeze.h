#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "store/store.h"

namespace taskwire::engine {

/// What is forgotten for its size, in this order: events of channels, superseded ones of tasks, messages, and then
/// tasks that have ended.
enum class Kind : std::size_t { channels, updates, messages, tasks };
constexpr std::size_t kKinds = 4;

/// Up to where each kind has to go, so that the log takes no more bytes than it may: the oldest first, a part at a
/// time. Of what may have to stay there can be too much alone, so the newest sixteenth of what the log may take is left
/// to each. Not thread-safe.
class Squeeze {
 public:
  explicit Squeeze(std::int64_t most_bytes) : most_(most_bytes) {}

  /// All of that kind goes that lies at or below.
  [[nodiscard]] Sequence through(Kind kind) const { return through_[static_cast<std::size_t>(kind)]; }
  /// After a round; true if something more has to go. If the reading fails its answer means nothing.
  [[nodiscard]] bool go_on(ReadTransaction& reader);
  /// Between two rounds: whether there is more than there may be, and something of it that has to go. As above.
  [[nodiscard]] bool is_due(ReadTransaction& reader) const { return !is_told_ && reader.bytes() > most_; }

 private:
  const std::int64_t most_;
  std::array<Sequence, kKinds> through_{};
  bool is_told_ = false;
};

}  // namespace taskwire::engine
