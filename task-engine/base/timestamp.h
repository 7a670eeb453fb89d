#pragma once

#include <cstdint>
#include <google/protobuf/timestamp.pb.h>

#include "base/clock.h"

namespace taskwire::engine {

/// `time` in whole milliseconds.
[[nodiscard]] inline google::protobuf::Timestamp to_timestamp(SystemTime time) {
  const auto total = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(total);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds.count());
  timestamp.set_nanos(static_cast<std::int32_t>(std::chrono::nanoseconds(total - seconds).count()));
  return timestamp;
}

/// The time that `timestamp`, which may be any, names; the nearest there is, where it lies beyond the years 1678 to
/// 2262.
[[nodiscard]] inline SystemTime from_timestamp(const google::protobuf::Timestamp& timestamp) {
  using std::chrono::floor;
  using std::chrono::seconds;
  const seconds since(timestamp.seconds());
  if (since <= floor<seconds>(SystemTime::min().time_since_epoch()) + seconds(1)) return SystemTime::min();
  if (since >= floor<seconds>(SystemTime::max().time_since_epoch()) - seconds(3)) return SystemTime::max();
  return SystemTime(since) + std::chrono::nanoseconds(timestamp.nanos());
}

/// Whole milliseconds since 1970.
[[nodiscard]] inline std::int64_t to_ms(SystemTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace taskwire::engine
