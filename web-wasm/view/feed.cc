#include "view/feed.h"

#include <utility>

#include "view/json.h"
#include "view/request.h"

namespace taskwire::view {

Feed::Feed(int number, Source source, std::function<double()> random)
    : number_(number), source_(std::move(source)), connection_(std::move(random)) {}

void Feed::opened(Time now) {
  if (!source_.type.empty()) connection_.opened(now);
  is_fresh_ = true;
  is_in_state_ = false;  // one that was cut is sent again, from its reset on
}

Feed::Taken Feed::received(const StreamEvent& event, Time now) {
  if (connection_.stream() == 0) return {};
  if (event.type == "heartbeat") {
    heartbeat(event, now, decode_heartbeat(event.data).interval);
    return {};
  }
  if (event.type == "upstream") {
    connection_.heard(now);
    if (auto upstream = decode_upstream(event.data)) connection_.heard_of_engine(*std::move(upstream));
    return {};
  }
  heard(event, now, {});
  if (event.type == "reset") return begin_anew(Json::parse(event.data).value_or(Json())["reason"].text());
  if (event.type == "synced") {
    is_in_state_ = false;
    unsettled_ = 0;
    return {};
  }
  if (event.type == "skipped" || (!source_.type.empty() && event.type != source_.type)) return {};
  if (!admit(event)) {
    ++status_.repeats;
    return {};
  }
  ++status_.items;
  return {true, is_in_state_ ? std::string() : event.last_event_id};
}

void Feed::heartbeat(const StreamEvent& event, Time now, std::optional<Millis> interval) {
  if (connection_.stream() == 0) return;
  heard(event, now, interval);
  status_.heartbeat_at = now;
}

void Feed::placed(const std::string& id, Time now) {
  if (connection_.stream() == 0) return;
  connection_.heard(now);
  take_place(id, now);
}

bool Feed::lacks_own_id(const StreamEvent& event) const {
  return event.last_event_id.empty() || event.last_event_id == status_.cursor;
}

std::string Feed::url() const {
  if (!status_.cursor.empty()) return resumed(source_.path, status_.cursor);
  return source_.is_from_earliest ? source_.path + "?from=earliest" : source_.path;
}

void Feed::heard(const StreamEvent& event, Time now, std::optional<Millis> interval) {
  connection_.heard(now, interval);
  is_fresh_ = false;
  take_place(event.last_event_id, now);
  if (event.type == "reset") connection_.opened(now);
}

void Feed::take_place(const std::string& id, Time now) {
  if (id.empty()) return;
  status_.cursor = id;
  connection_.opened(now);
}

Feed::Taken Feed::begin_anew(const std::string& reason) {
  ++status_.resets;
  newest_.reset();
  is_in_state_ = true;
  // After `expired` follows only what came after the cursor, so that what was complete before still counts; before
  // `start` nothing was.
  const bool is_partial = reason == "expired" || reason == "start";
  const auto unsettled = std::exchange(unsettled_, 0);
  return {false, {}, is_partial ? unsettled : kAll};
}

bool Feed::admit(const StreamEvent& event) {
  if (is_in_state_) {
    ++unsettled_;
    return true;
  }
  const auto id = parse_cursor(event.last_event_id);
  if (!id) return true;
  if (newest_ && newest_->epoch == id->epoch && newest_->sequence >= id->sequence) return false;
  newest_ = id;
  return true;
}

}  // namespace taskwire::view
