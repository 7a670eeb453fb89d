#include "commands/command_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <unistd.h>

#include "commands/command_draft.h"
#include "commands/json_values.h"
#include "commands/option_check.h"
#include "commands/system.h"
#include "program/descriptor.h"

namespace taskwire::engine {
namespace {

constexpr auto kPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

using Read = Result<void>;

/// The environment of a program, but for what each attempt has of its own.
void set_environment(CommandDraft& draft) {
  // A program that asks shows its progress by the terminal's own sequence.
  std::map<std::string, std::string> all = {{"PATH", kPath}, {"TERM_FEATURES", "P"}, {"ConEmuANSI", "ON"}};
  if (const auto& user = draft.command.user) {
    all["HOME"] = user->home;
    all["USER"] = all["LOGNAME"] = user->name;
  }
  for (const auto& name : draft.inherited) {
    const char* const value = std::getenv(name.c_str());
    if (value != nullptr) all[name] = value;
  }
  for (const auto& [name, value] : draft.variables) all[name] = value;
  draft.variables = std::move(all);
  for (const auto& [name, value] : draft.variables)
    draft.command.environment.emplace_back(name).append("=").append(value);
}

Read read_argument(const JsonValue& value, CommandDraft& draft) {
  const auto* text = &value;
  bool may_begin_with_dash = false;
  if (value.kind == JsonKind::object) {
    text = value.find("argument");
    const auto* const dash = value.find("mayBeginWithDash");
    if (text == nullptr || dash == nullptr || dash->kind != JsonKind::boolean || value.items.size() != 2)
      return value.wrong("is neither a text nor like {\"argument\":\"{name}\",\"mayBeginWithDash\":true}");
    may_begin_with_dash = dash->text == "true";
  }
  std::string spelt;
  if (auto read = text_of(*text, spelt); !read) return read;
  auto argument = placed(*text, parse_argument(spelt));
  if (!argument) return tl::make_unexpected(argument.error());
  argument->may_begin_with_dash = may_begin_with_dash;
  const auto* const properties = find_field(draft.schema, "properties");
  for (const auto& part : argument->parts) {
    if (!part.is_param) continue;
    if (draft.command.arguments.empty()) return text->wrong("has a placeholder, and is the program; name that itself");
    if (properties == nullptr || find_field(properties->struct_value(), part.text) == nullptr)
      return text->wrong("names {" + part.text +
                         "}, which is none of params.properties; add it there, or mend the name");
  }
  draft.command.arguments.push_back(*std::move(argument));
  return {};
}

Read read_arguments(CommandDraft& draft) {
  if (const auto& first = draft.arguments->items.front(); first.kind != JsonKind::text)
    return first.wrong("is the program, and no text; name it in quotes");
  for (const auto& item : draft.arguments->items) {
    if (auto read = read_argument(item, draft); !read) return read;
  }
  const auto& program = draft.arguments->items.front();
  const auto& parts = draft.command.arguments.front().parts;
  auto path = placed(program, find_program(parts.empty() ? "" : parts.front().text, draft.variables["PATH"]));
  if (!path) return tl::make_unexpected(path.error());
  draft.command.program = *std::move(path);
  return check_options(*draft.arguments, draft.command.arguments, draft.schema);
}

Result<Command> read_type(const JsonValue& value) {
  if (value.kind != JsonKind::object) return value.wrong("is no object; write {\"type\":…,\"command\":[…]}");
  CommandDraft draft;
  for (const auto& content : value.items) {
    if (auto read = read_key(content.name, content, draft); !read) return tl::make_unexpected(read.error());
  }
  for (const auto* const needed : {"type", "command"}) {
    if (value.find(needed) == nullptr) return value.wrong(std::string("lacks ") + needed + "; add it");
  }
  set_environment(draft);
  if (auto read = read_arguments(draft); !read) return tl::make_unexpected(read.error());
  draft.command.params = to_json(draft.schema);
  return std::move(draft.command);
}

/// All of a file; an errno.
tl::expected<std::string, int> content_of(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return tl::unexpected(errno);
  std::string text;
  std::array<char, 4096> part;
  for (;;) {
    const auto got = read(file.get(), part.data(), part.size());
    if (got == 0) return text;
    if (got > 0) text.append(part.data(), static_cast<std::size_t>(got));
    if (got < 0 && errno != EINTR) return tl::unexpected(errno);
  }
}

}  // namespace

Result<std::vector<Command>> parse_commands(std::string_view text, std::span<const std::string_view> taken) {
  const auto file = read_json(text);
  if (!file) return tl::make_unexpected(file.error());
  const auto* const types = file->find("types");
  if (types == nullptr || types->kind != JsonKind::list || file->items.size() != 1)
    return (types == nullptr || file->items.size() != 1 ? *file : *types)
        .wrong("is like {\"types\":[{\"type\":…,\"command\":[…]}]}");
  std::vector<Command> commands;
  for (const auto& item : types->items) {
    auto command = read_type(item);
    if (!command) return tl::make_unexpected(command.error());
    const auto& name = *item.find("type");
    if (std::find(taken.begin(), taken.end(), command->type) != taken.end())
      return name.wrong("'" + command->type + "' is a type of the engine's own; take another name");
    if (std::any_of(commands.begin(), commands.end(),
                    [&](const Command& other) { return other.type == command->type; }))
      return name.wrong("'" + command->type + "' is there twice; take another name");
    commands.push_back(*std::move(command));
  }
  return commands;
}

Result<std::vector<Command>> read_commands(const std::string& path, std::span<const std::string_view> taken) {
  const auto text = content_of(path);
  if (!text)
    return refuse(Reason::cannot_start,
                  path + " cannot be read: " + std::strerror(text.error()) + "; name a file that the engine may read");
  return parse_commands(*text, taken).map_error([&](Error&& error) {
    error.message = path + ", " + error.message;
    return std::move(error);
  });
}

}  // namespace taskwire::engine
