#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "hub/event.h"

namespace taskwire::edge {

/// Heartbeats, made once for all streams that get the same at one time. Confined to its shard's thread.
class Heartbeats {
 public:
  explicit Heartbeats(std::chrono::milliseconds interval) : interval_(interval) {}

  /// From now on heartbeats carry this time.
  void set_time(std::chrono::system_clock::time_point now);
  /// `id`: up to where the stream is complete, if it may say so. `is_person`: of a stream of messages to one person.
  [[nodiscard]] const FramePtr& frame(const std::optional<Cursor>& id, bool is_person);

 private:
  struct Made {
    std::optional<Cursor> id;
    FramePtr frame;
  };

  std::chrono::milliseconds interval_;
  std::string timestamp_;
  Made ordinary_, person_;
};

}  // namespace taskwire::edge
