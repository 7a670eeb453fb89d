#include "commands/command_draft.h"

#include <algorithm>
#include <array>
#include <google/protobuf/util/json_util.h>

#include "commands/json_values.h"
#include "commands/system.h"
#include "progress/profile.h"
#include "tasks/catalogue.h"
#include "tasks/json_schema.h"
#include "tasks/schema_syntax.h"
#include "tasks/task_limits.h"

namespace taskwire::engine {
namespace {

using std::chrono::milliseconds;
using Read = Result<void>;

constexpr std::size_t kMostDescription = 4096;
constexpr std::int64_t kMostAtATime = 1'000'000;
constexpr std::uint64_t kLeastDescriptors = 8;
constexpr std::array<std::string_view, 2> kOfAttempts = {"NOTIFY_SOCKET", "TASKWIRE_TASK"};  // each has its own

Read read_name(const JsonValue& value, CommandDraft& draft) {
  if (auto read = text_of(value, draft.command.type); !read) return read;
  if (is_type_name(draft.command.type)) return {};
  return value.wrong("is 1 to 64 of a-z 0-9 . _ -, and begins with a letter");
}

Read read_description(const JsonValue& value, CommandDraft& draft) {
  if (auto read = text_of(value, draft.command.description); !read) return read;
  if (value.text.size() <= kMostDescription) return {};
  return value.wrong("is at most 4 KiB");
}

/// The part of `schema` that a message begins with the path of.
const JsonValue& part_named(const JsonValue& schema, const std::string& path, std::string_view message) {
  for (const auto& part : schema.items) {
    if (schema.kind != JsonKind::object) break;
    const auto below = path_of(path, part.name);
    const bool is_named =
        message.starts_with(below) && (message.size() == below.size() ||
                                       std::string_view(" .[").find(message[below.size()]) != std::string_view::npos);
    if (is_named) return part_named(part, below, message);
  }
  return schema;
}

Read read_params(const JsonValue& value, CommandDraft& draft) {
  draft.schema.Clear();
  if (value.kind != JsonKind::object || !google::protobuf::util::JsonStringToMessage(value.json(), &draft.schema).ok())
    return value.wrong("is no JSON Schema; write an object of type, properties and required");
  auto checked = check_schema(draft.schema);
  if (!checked) return part_named(value, "params", checked.error().message).wrong(checked.error());
  return {};
}

Read read_command(const JsonValue& value, CommandDraft& draft) {
  if (value.kind != JsonKind::list || value.items.empty())
    return value.wrong("is no list of the program and its arguments; write them in brackets, without a shell");
  draft.arguments = &value;
  return {};
}

Read read_folder(const JsonValue& value, CommandDraft& draft) {
  if (auto read = text_of(value, draft.command.folder); !read) return read;
  return placed(value, check_folder(draft.command.folder));
}

bool is_variable(const std::string& name) {
  return !name.empty() && name.find('=') == std::string::npos && name.find('\0') == std::string::npos;
}

Read read_environment(const JsonValue& value, CommandDraft& draft) {
  if (value.kind != JsonKind::object) return value.wrong("is no object; write {\"NAME\":\"value\"}");
  for (const auto& content : value.items) {
    const auto& name = content.name;
    if (!is_variable(name)) return content.wrong("is no name of a variable");
    if (name == "NOTIFY_SOCKET" || name.starts_with("TASKWIRE_"))
      return content.wrong("is set by the engine; leave it out");
    if (auto read = text_of(content, draft.variables[name]); !read) return read;
  }
  return {};
}

Read read_inherit(const JsonValue& value, CommandDraft& draft) {
  if (auto read = texts_of(value, "the names of variables that the engine has", draft.inherited); !read) return read;
  for (const auto& name : value.items) {
    if (std::find(kOfAttempts.begin(), kOfAttempts.end(), name.text) != kOfAttempts.end())
      return name.wrong("is set by the engine; leave it out");
  }
  return {};
}

Read read_time_limit(const JsonValue& value, CommandDraft& draft) {
  auto& policy = draft.command.policy;
  return time_of(value, milliseconds(1), milliseconds(kMostTimeLimitMs), policy.time_limit).map([&] {
    policy.most_time = policy.time_limit;
  });
}

Read read_grace(const JsonValue& value, CommandDraft& draft) {
  return time_of(value, milliseconds(0), std::chrono::hours(24), draft.command.grace);
}

Read read_retried(const JsonValue& value, CommandDraft& draft) {
  static constexpr std::array kNames = {Reason::exit_status, Reason::signal, Reason::time_limit, Reason::interrupted};
  std::vector<std::string> names;
  if (auto read = texts_of(value, "reasons", names); !read) return read;
  draft.command.retried.clear();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto reason = find_reason(names[i]);
    if (!reason || std::find(kNames.begin(), kNames.end(), *reason) == kNames.end())
      return value.items[i].wrong("is none of EXIT_STATUS, SIGNAL, TIME_LIMIT and INTERRUPTED");
    draft.command.retried.insert(*reason);
  }
  draft.command.runs_again = draft.command.retried.contains(Reason::interrupted);
  return {};
}

Read read_count(const JsonValue& value, std::size_t& to) {
  std::int64_t number = 0;
  return number_of(value, 0, kMostAtATime, number).map([&] { to = static_cast<std::size_t>(number); });
}

Read read_retry(const JsonValue& value, CommandDraft& draft) {
  auto& retry = draft.command.policy.retry;
  if (value.kind != JsonKind::object) return value.wrong("is no object; write {\"attempts\":3}");
  for (const auto& content : value.items) {
    const auto& name = content.name;
    Read read;
    std::int64_t attempts = 0;
    if (name == "attempts") {
      read = number_of(content, 1, kMostAttempts, attempts).map([&] {
        retry.attempts = draft.command.policy.most_attempts = static_cast<int>(attempts);
      });
    } else if (name == "backoff") {
      read = time_of(content, milliseconds(1), std::chrono::hours(24), retry.backoff);
    } else if (name == "maxBackoff") {
      read = time_of(content, milliseconds(1), std::chrono::hours(24), retry.max_backoff);
    } else if (name == "on") {
      read = read_retried(content, draft);
    } else {
      read = content.wrong("is not known; the keys are attempts, backoff, maxBackoff and on");
    }
    if (!read) return read;
  }
  retry.max_backoff = std::max(retry.backoff, retry.max_backoff);
  return {};
}

Read read_progress(const JsonValue& value, CommandDraft& draft) {
  if (auto read = text_of(value, draft.command.progress); !read) return read;
  if (progress::profile_named(value.text) != nullptr) return {};
  std::string names;
  for (const auto name : progress::profile_names()) names += (names.empty() ? "" : ", ") + std::string(name);
  return value.wrong("is no profile; there are " + names);
}

Read read_user(const JsonValue& value, CommandDraft& draft) {
  std::string name;
  if (auto read = text_of(value, name); !read) return read;
  return placed(value, find_user(name)).map([&](SystemUser&& user) { draft.command.user = std::move(user); });
}

Read read_descriptors(const JsonValue& value, CommandDraft& draft) {
  std::int64_t number = 0;
  return number_of(value, kLeastDescriptors, static_cast<std::int64_t>(most_descriptors()), number).map([&] {
    draft.command.descriptors = static_cast<std::uint64_t>(number);
  });
}

struct Key {
  std::string_view name;
  Read (*read)(const JsonValue& value, CommandDraft& draft);
};

constexpr std::array kKeys = {
    Key{"type", read_name},
    Key{"description", read_description},
    Key{"params", read_params},
    Key{"command", read_command},
    Key{"folder", read_folder},
    Key{"environment", read_environment},
    Key{"inherit", read_inherit},
    Key{"timeLimit", read_time_limit},
    Key{"grace", read_grace},
    Key{"retry", read_retry},
    Key{"maxRunning", [](const JsonValue& value,
                         CommandDraft& draft) { return read_count(value, draft.command.policy.max_running); }},
    Key{"maxRunningPerUser",
        [](const JsonValue& value, CommandDraft& draft) {
          return read_count(value, draft.command.policy.max_running_per_user);
        }},
    Key{"progress", read_progress},
    Key{"user", read_user},
    Key{"memory", [](const JsonValue& value, CommandDraft& draft) { return bytes_of(value, draft.command.memory); }},
    Key{"descriptors", read_descriptors},
};

}  // namespace

Result<void> read_key(const std::string& key, const JsonValue& value, CommandDraft& draft) {
  std::string names;
  for (const auto& known : kKeys) {
    if (known.name == key) return known.read(value, draft);
    names += (names.empty() ? "" : ", ") + std::string(known.name);
  }
  return value.wrong("is not known; the keys are " + names);
}

}  // namespace taskwire::engine
