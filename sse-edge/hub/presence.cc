#include "hub/presence.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "http/proto_time.h"
#include "resume/topic.h"
#include "text/json_writer.h"

namespace taskwire::edge {
namespace {

void write(JsonWriter& json, const Presence& person) {
  json.begin_object()
      .member("userId", person.user_id)
      .member("state", person.connections > 0 ? "connected" : "disconnected")
      .member("connections", static_cast<std::int64_t>(person.connections))
      .member("connectedAt", time_text(person.connected_at))
      .member("lastSeenAt", time_text(person.last_seen_at))
      .key("lastEventId");
  if (person.last_event_id) {
    json.value(std::string_view(to_string(*person.last_event_id)));
  } else {
    json.null();
  }
  json.end_object();
}

/// Of ids of one log the higher, else that of whom was seen last.
std::optional<Cursor> newer_id(const Presence& a, const Presence& b) {
  if (!a.last_event_id || !b.last_event_id) return a.last_event_id ? a.last_event_id : b.last_event_id;
  if (a.last_event_id->epoch == b.last_event_id->epoch)
    return a.last_event_id->sequence < b.last_event_id->sequence ? b.last_event_id : a.last_event_id;
  return a.last_seen_at < b.last_seen_at ? b.last_event_id : a.last_event_id;
}

Presence::Time connected_at(const Presence& a, const Presence& b) {
  if (a.connections > 0 && b.connections > 0) return std::min(a.connected_at, b.connected_at);
  if (a.connections > 0 || b.connections > 0) return a.connections > 0 ? a.connected_at : b.connected_at;
  return a.last_seen_at < b.last_seen_at ? b.connected_at : a.connected_at;
}

/// Takes into `person` what another stream, or another shard, knows of the same.
void merge(Presence& person, const Presence& one) {
  person.connected_at = connected_at(person, one);
  person.last_event_id = newer_id(person, one);
  person.last_seen_at = std::max(person.last_seen_at, one.last_seen_at);
  person.connections += one.connections;
}

}  // namespace

void People::add(Presence one) {
  if (const auto known = connected_.find(one.user_id); known != connected_.end()) return merge(known->second, one);
  if (one.connections == 0) {
    const auto [known, is_new] = departed_.try_emplace(one.user_id, one);
    if (!is_new) merge(known->second, one);
    return;
  }
  if (connected_.size() == kMostPeople && std::prev(connected_.end())->first < one.user_id) return;
  if (const auto gone = departed_.extract(one.user_id)) merge(one, gone.mapped());
  const std::string name = one.user_id;
  connected_.emplace(name, std::move(one));
  if (connected_.size() > kMostPeople) connected_.erase(std::prev(connected_.end()));
}

void Departed::note(Presence person) {
  if (const auto known = by_user_.find(person.user_id); known != by_user_.end()) people_.erase(known->second);
  people_.push_back(std::move(person));
  by_user_[people_.back().user_id] = std::prev(people_.end());
  if (people_.size() <= kMostPeople) return;
  by_user_.erase(people_.front().user_id);
  people_.pop_front();
}

std::vector<std::string_view> people_of(const std::vector<std::string_view>& topics) {
  std::vector<std::string_view> people;
  for (const auto& name : topics) {
    const auto topic = parse_topic(name);
    if (topic && topic->kind != TopicKind::channels) people.push_back(topic->name);
  }
  std::sort(people.begin(), people.end());
  people.erase(std::unique(people.begin(), people.end()), people.end());
  return people;
}

SessionsWriter::SessionsWriter(const People& people) {
  order_.reserve(people.connected().size() + people.departed().size());
  for (const auto& [user, person] : people.connected()) order_.push_back(&person);
  const auto gone = static_cast<std::ptrdiff_t>(order_.size());
  for (const auto& [user, person] : people.departed()) order_.push_back(&person);
  std::stable_sort(order_.begin() + gone, order_.end(),
                   [](const Presence* a, const Presence* b) { return a->last_seen_at > b->last_seen_at; });
  if (order_.size() > kMostPeople) order_.resize(kMostPeople);
  text_ = R"({"sessions":[)";
}

bool SessionsWriter::write(std::size_t count) {
  for (; count > 0 && next_ < order_.size(); --count) {
    if (next_ > 0) text_ += ',';
    JsonWriter json(text_);
    edge::write(json, *order_[next_++]);
  }
  if (next_ < order_.size()) return true;
  text_ += "]}";
  return false;
}

}  // namespace taskwire::edge
