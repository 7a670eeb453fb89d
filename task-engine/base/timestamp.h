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

/// Whole milliseconds since 1970.
[[nodiscard]] inline std::int64_t to_ms(SystemTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace taskwire::engine
