#include "hub/heartbeats.h"

#include "http/proto_time.h"

namespace taskwire::edge {

void Heartbeats::set_time(std::chrono::system_clock::time_point now) {
  auto timestamp = time_text(now);
  if (timestamp == timestamp_) return;
  timestamp_ = std::move(timestamp);
  ordinary_.frame = nullptr;
}

const FramePtr& Heartbeats::frame(const std::optional<Cursor>& id, bool is_person) {
  Made& made = is_person ? person_ : ordinary_;
  if (!made.frame || made.id != id) {
    made = {id, is_person ? person_heartbeat_frame(id) : heartbeat_frame(id, timestamp_, interval_.count())};
  }
  return made.frame;
}

}  // namespace taskwire::edge
