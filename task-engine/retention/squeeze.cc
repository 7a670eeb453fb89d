#include "retention/squeeze.h"

#include <algorithm>
#include <spdlog/spdlog.h>
#include <utility>

namespace taskwire::engine {
namespace {

constexpr std::int64_t kParts = 32;   // in which a kind is forgotten
constexpr std::int64_t kNewest = 16;  // the part of all that is left

}  // namespace

bool Squeeze::go_on(ReadTransaction& reader) {
  const auto bytes = reader.bytes();
  if (bytes <= most_) {
    is_told_ = false;
    return false;
  }
  // By bytes, not by places: between a few old events that stay there may be a long way with nothing left.
  const auto part = std::max(bytes - most_, bytes / kParts);
  const auto newest_events = reader.down_from_head(Measure::events, most_ / kNewest);
  for (std::size_t i = 0; i < kKinds; ++i) {
    const bool is_tasks = i == static_cast<std::size_t>(Kind::tasks);
    const auto what = is_tasks ? Measure::ended_tasks : Measure::events;
    const auto newest = is_tasks ? reader.down_from_head(what, most_ / kNewest) : newest_events;
    if (through_[i] >= newest) continue;
    const auto next = std::min(newest, reader.up_from(what, through_[i], part));
    if (reader.error()) return false;
    through_[i] = next;
    return true;
  }
  if (!std::exchange(is_told_, true))
    spdlog::warn(
        "the log takes {} MiB, more than --retain-bytes, though only the newest is left, and what must be kept: tasks "
        "that have not ended, and the keys of a day's requests; raise it if there is room",
        bytes >> 20);
  return false;
}

}  // namespace taskwire::engine
