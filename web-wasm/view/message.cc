#include "view/message.h"

#include <utility>

#include "view/foreign_text.h"
#include "view/format.h"
#include "view/json.h"

namespace taskwire::view {
namespace {

constexpr std::size_t kSummaryBytes = 200;

template <class T>
Message or_other(std::optional<T> decoded) {
  return decoded ? Message(*std::move(decoded)) : Message(Other());
}

std::string task_summary(const Task& task) {
  std::string text = isolated(task.name);
  text.append(" ").append(state_name(task.state));
  if (!task.has_ended() && task.percent > 0) text += ' ' + std::to_string(task.percent) + " %";
  const std::string& note = task.state == TaskState::failed ? task.error_reason : task.message;
  if (!note.empty()) text.append(" · ").append(isolated(note));
  return text;
}

std::string reset_summary(const std::string& reason) {
  if (reason == "start") return "The state follows";
  if (reason == "expired") return "Some history is no longer kept; the state follows";
  if (reason == "epoch") return "The log is another one; the state follows";
  if (reason == "ahead") return "The log has lost its end; the state follows";
  if (reason == "malformed") return "The last id was not understood; the state follows";
  return "The state follows: " + marked(reason);
}

std::string upstream_summary(const Upstream& upstream) {
  if (upstream.state == Upstream::State::up) return "The engine is back";
  if (upstream.state == Upstream::State::down) return "The engine is away";
  return "The engine cannot read what this needs" + (upstream.reason.empty() ? "" : ": " + upstream.reason);
}

}  // namespace

Message decode_message(const StreamEvent& event) {
  if (event.type == "taskUpdate") return or_other(decode_task(event.data));
  if (event.type == "taskDeleted") return or_other(decode_task_deleted(event.data));
  if (event.type == "reset") return Reset{Json::parse(event.data).value_or(Json())["reason"].text()};
  if (event.type == "synced") return Synced{};
  if (event.type == "skipped") return Skipped{};
  if (event.type == "heartbeat") return decode_heartbeat(event.data);
  if (event.type == "upstream") return or_other(decode_upstream(event.data));
  return Other{};
}

Heartbeat decode_heartbeat(const std::string& data) {
  const Json said = Json::parse(data).value_or(Json());
  const auto interval = said["intervalMs"].whole().value_or(0);
  Heartbeat heartbeat{parse_time(said["timestamp"].text()), {}};
  if (interval > 0 && interval < 86'400'000) heartbeat.interval = Millis(interval);
  return heartbeat;
}

std::optional<Upstream> decode_upstream(const std::string& data) {
  const Json said = Json::parse(data).value_or(Json());
  const auto& name = said["state"].text();
  Upstream upstream{Upstream::State::up, parse_time(said["since"].text()), marked(said["reason"].text())};
  if (name == "down") {
    upstream.state = Upstream::State::down;
  } else if (name == "failing") {
    upstream.state = Upstream::State::failing;
  } else if (name != "up") {
    return std::nullopt;
  }
  return upstream;
}

std::string id_of(const Message& message, const StreamEvent& event) {
  if (const auto* const task = std::get_if<Task>(&message)) return to_string(task->cursor);
  if (const auto* const deleted = std::get_if<TaskDeleted>(&message)) return to_string(deleted->cursor);
  const bool never_has_one = std::holds_alternative<Reset>(message) || std::holds_alternative<Skipped>(message) ||
                             std::holds_alternative<Upstream>(message);
  return never_has_one ? std::string() : event.last_event_id;
}

std::string summary_of(const Message& message, const StreamEvent& event) {
  if (const auto* const task = std::get_if<Task>(&message)) return shorten(task_summary(*task), kSummaryBytes);
  if (const auto* const deleted = std::get_if<TaskDeleted>(&message)) return deleted->id + " is forgotten";
  if (const auto* const reset = std::get_if<Reset>(&message)) return reset_summary(reset->reason);
  if (std::holds_alternative<Synced>(message)) return "The state is complete";
  if (std::holds_alternative<Skipped>(message)) return "Caught up: superseded updates were left out";
  if (std::holds_alternative<Heartbeat>(message)) return "Nothing new";
  if (const auto* const upstream = std::get_if<Upstream>(&message)) return upstream_summary(*upstream);
  return shorten(marked(event.data), kSummaryBytes);
}

}  // namespace taskwire::view
