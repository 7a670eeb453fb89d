#include "commands/command_line.h"

#include <optional>
#include <utility>

#include "tasks/json_schema.h"
#include "tasks/struct_json.h"

namespace taskwire::engine {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

std::string text_of(const Value& value) {
  return value.has_string_value() ? value.string_value() : to_json(value);
}

/// One argument, as it is put together.
struct Filling {
  std::string text;
  std::string begins_with;  ///< The param that its first byte is of; empty where it is of none.

  void add_text(const std::string& more) { text += more; }
  void add_value(const std::string& name, const std::string& value) {
    if (text.empty() && !value.empty()) begins_with = name;
    text += value;
  }
};

Result<void> check(const Filling& filling, bool may_begin_with_dash) {
  if (filling.text.find('\0') != std::string::npos)
    return refuse(Reason::invalid_params, "params hold a zero byte, which no argument of a program can; leave it out");
  if (filling.begins_with.empty() || may_begin_with_dash || filling.text[0] != '-') return {};
  return refuse(Reason::invalid_params, path_of("params", filling.begins_with) +
                                            " begins with -, so that the program could take it for an option; "
                                            "write it in another way, such as ./-x for a file");
}

/// Null where there is none.
const Value* value_of(const Struct& params, const std::string& name) {
  const auto* const value = find_field(params, name);
  return value == nullptr || value->has_null_value() ? nullptr : value;
}

/// Each item of a list that is an argument's only part; nothing where it is another kind of argument.
std::optional<std::vector<Filling>> fill_in_list(const Argument& argument, const Struct& params) {
  if (argument.parts.size() != 1 || !argument.parts[0].is_param) return std::nullopt;
  const auto& name = argument.parts[0].text;
  const auto* const value = value_of(params, name);
  if (value == nullptr || !value->has_list_value()) return std::nullopt;
  std::vector<Filling> items;
  for (const auto& item : value->list_value().values()) items.emplace_back().add_value(name, text_of(item));
  return items;
}

/// Nothing where it is left out.
std::optional<Filling> fill_in_one(const Argument& argument, const Struct& params) {
  Filling filling;
  for (const auto& part : argument.parts) {
    if (!part.is_param) {
      filling.add_text(part.text);
      continue;
    }
    const auto* const value = value_of(params, part.text);
    if (value == nullptr) return std::nullopt;
    filling.add_value(part.text, text_of(*value));
  }
  return filling;
}

}  // namespace

Result<Argument> parse_argument(std::string_view text) {
  Argument argument;
  std::string plain;
  const auto end_plain = [&] {
    if (!plain.empty()) argument.parts.push_back({std::exchange(plain, {}), false});
  };
  while (!text.empty()) {
    const auto brace = text.find_first_of("{}");
    plain += text.substr(0, brace);
    if (brace == std::string_view::npos) break;
    text.remove_prefix(brace);
    if (text.starts_with("{{") || text.starts_with("}}")) {
      plain += text[0];
      text.remove_prefix(2);
      continue;
    }
    const auto close = text[0] == '{' ? text.find_first_of("{}", 1) : std::string_view::npos;
    if (close == std::string_view::npos || text[close] == '{' || close == 1)
      return refuse(Reason::cannot_start, "'" + std::string(text) +
                                              "' is no placeholder; write {name} for a param, and {{ or }} for a "
                                              "brace");
    end_plain();
    argument.parts.push_back({std::string(text.substr(1, close - 1)), true});
    text.remove_prefix(close + 1);
  }
  end_plain();
  return argument;
}

Result<std::vector<std::string>> fill_in(const std::vector<Argument>& arguments, const Struct& params) {
  std::vector<std::string> line;
  for (const auto& argument : arguments) {
    auto fillings = fill_in_list(argument, params);
    if (!fillings) {
      fillings.emplace();
      if (auto one = fill_in_one(argument, params)) fillings->push_back(*std::move(one));
    }
    for (auto& filling : *fillings) {
      if (auto checked = check(filling, argument.may_begin_with_dash); !checked)
        return tl::make_unexpected(checked.error());
      line.push_back(std::move(filling.text));
    }
  }
  return line;
}

}  // namespace taskwire::engine
