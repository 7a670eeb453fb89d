#include "resume/topic.h"

#include <algorithm>
#include <array>

#include "resume/ascii.h"

namespace taskwire {
namespace {

constexpr std::size_t kMaxName = 128;
constexpr std::size_t kMaxEventType = 64;

struct Prefix {
  TopicKind kind;
  std::string_view text;
};
constexpr std::array kPrefixes = {Prefix{TopicKind::tasks, "tasks/"}, Prefix{TopicKind::messages, "messages/"},
                                  Prefix{TopicKind::channels, "channels/"}};

constexpr std::array<std::string_view, 11> kOwnEventTypes = {"open",         "error",      "reset",      "synced",
                                                             "skipped",      "heartbeat",  "upstream",   "envelope",
                                                             "unauthorized", "taskUpdate", "taskDeleted"};

bool is_name_char(char c) {
  return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '~' || c == '@' || c == '-';
}
bool is_type_char(char c) {
  return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
}

}  // namespace

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), is_name_char);
}

std::optional<Topic> parse_topic(std::string_view text) {
  for (const auto& prefix : kPrefixes) {
    if (!text.starts_with(prefix.text)) continue;
    const auto name = text.substr(prefix.text.size());
    if (!is_name(name)) return std::nullopt;
    return Topic{prefix.kind, name};
  }
  return std::nullopt;
}

std::string topic_name(TopicKind kind, std::string_view name) {
  const auto prefix = std::find_if(kPrefixes.begin(), kPrefixes.end(), [&](const Prefix& p) { return p.kind == kind; });
  return std::string(prefix->text).append(name);
}

bool is_keyed(std::string_view topic) {
  const auto parsed = parse_topic(topic);
  return parsed && parsed->kind == TopicKind::tasks;
}

bool is_event_type_name(std::string_view type) {
  return !type.empty() && type.size() <= kMaxEventType && is_letter(type.front()) &&
         std::all_of(type.begin(), type.end(), is_type_char);
}

bool is_event_type(std::string_view type) {
  return is_event_type_name(type) &&
         std::find(kOwnEventTypes.begin(), kOwnEventTypes.end(), type) == kOwnEventTypes.end();
}

}  // namespace taskwire
