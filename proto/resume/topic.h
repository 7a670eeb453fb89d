#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskwire {

enum class TopicKind {
  tasks,     ///< `tasks/{user}`: a person's tasks; every event has its task as key.
  messages,  ///< `messages/{user}`: messages to one person; no keys.
  channels,  ///< `channels/{name}`: publish and subscribe; no keys.
};

/// A topic taken apart. Refers into the text it was parsed from.
struct Topic {
  TopicKind kind;
  std::string_view name;
};

/// Whether `name` may name a user or a channel: 1 to 128 of `A-Z a-z 0-9 . _ ~ @ -`, not `.` or `..`.
[[nodiscard]] bool is_name(std::string_view name);

/// The topic that `text` spells, or nothing where it spells none.
[[nodiscard]] std::optional<Topic> parse_topic(std::string_view text);

[[nodiscard]] std::string topic_name(TopicKind kind, std::string_view name);

/// Whether a later event of the topic may supersede an earlier one. False for what is no topic.
[[nodiscard]] bool is_keyed(std::string_view topic);

/// Whether `type` has the form of an event's type: `[A-Za-z][A-Za-z0-9._-]{0,63}`.
[[nodiscard]] bool is_event_type_name(std::string_view type);

/// Whether `type` may name a published event: has that form, and is none of the names that taskwire sends itself.
[[nodiscard]] bool is_event_type(std::string_view type);

}  // namespace taskwire
