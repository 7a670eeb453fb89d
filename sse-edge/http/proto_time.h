#pragma once

#include <chrono>
#include <google/protobuf/timestamp.pb.h>

#include "text/time_text.h"

namespace taskwire::edge {

using taskwire::time_text;

[[nodiscard]] inline std::chrono::system_clock::time_point to_time(const google::protobuf::Timestamp& time) {
  using namespace std::chrono;
  const auto since_epoch = seconds(time.seconds()) + nanoseconds(time.nanos());
  return system_clock::time_point(duration_cast<system_clock::duration>(since_epoch));
}

[[nodiscard]] inline std::string time_text(const google::protobuf::Timestamp& time) {
  return time_text(to_time(time));
}

}  // namespace taskwire::edge
