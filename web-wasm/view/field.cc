#include "view/field.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "resume/ascii.h"
#include "view/foreign_text.h"

namespace taskwire::view {
namespace {

using Bound = Field::Bound;

/// `durationMs` → `Duration (ms)`, `failAt` → `Fail at`.
std::string words_of(std::string_view key) {
  const bool is_duration = key.size() > 2 && key.ends_with("Ms");
  if (is_duration) key.remove_suffix(2);
  std::string words;
  for (const char c : key) {
    const bool begins_word = is_upper(c) && !words.empty();
    if (begins_word) words += ' ';
    words += to_lower(c);
  }
  if (!words.empty()) words[0] = to_upper(words[0]);
  return is_duration ? words + " (ms)" : words;
}

Field::Kind kind_of(const Json& property) {
  const std::string& type = property["type"].text();
  if (property["enum"].is(Json::Kind::array)) return Field::Kind::choice;
  if (type == "integer") return Field::Kind::integer;
  if (type == "number") return Field::Kind::number;
  if (type == "boolean") return Field::Kind::boolean;
  if (type == "string") return Field::Kind::text;
  if (type == "array" && property["items"]["type"].text() == "string") return Field::Kind::lines;
  return Field::Kind::json;
}

/// Text as it is, anything else as JSON.
std::string shown(const Json& value) {
  return value.is(Json::Kind::string) ? value.text() : value.compact();
}

std::string as_text(const Json& value, Field::Kind kind) {
  if (value.is(Json::Kind::null)) return {};
  if (kind == Field::Kind::json) return value.compact();
  if (value.is(Json::Kind::array) && kind == Field::Kind::lines) {
    std::string lines;
    for (const auto& line : value.items()) lines.append(lines.empty() ? "" : "\n").append(line.text());
    return lines;
  }
  return shown(value);
}

std::optional<Bound> bound_at(const Json& property, const char* key) {
  const auto number = property[key].number();
  return number ? std::optional(Bound{*number, property[key].text()}) : std::nullopt;
}

std::string help_of(const Field& field, std::string help) {
  if (field.kind != Field::Kind::integer && field.kind != Field::Kind::number) return help;
  std::string bounds;
  if (field.least && field.most) bounds = field.least->digits + " to " + field.most->digits;
  if (field.least && !field.most) bounds = "At least " + field.least->digits;
  if (!field.least && field.most) bounds = "At most " + field.most->digits;
  if (help.empty() || bounds.empty()) return help + bounds;
  return help + (help.ends_with('.') ? " " : ". ") + bounds + '.';
}

Field decode_field(const Json& property) {
  Field field;
  field.key = property.name();
  field.label = marked(property["title"].text());
  if (field.label.empty()) field.label = words_of(field.key);
  field.kind = kind_of(property);
  const bool is_number = field.kind == Field::Kind::integer || field.kind == Field::Kind::number;
  const bool is_list = field.kind == Field::Kind::lines;
  field.least = bound_at(property, is_number ? "minimum" : is_list ? "minItems" : "minLength");
  field.most = bound_at(property, is_number ? "maximum" : is_list ? "maxItems" : "maxLength");
  for (const auto& choice : property["enum"].items()) {
    field.choices.push_back(shown(choice));
    field.choice_values.push_back(choice.compact());
  }
  field.initial = as_text(property["default"], field.kind);
  if (field.kind == Field::Kind::boolean && field.initial.empty()) field.initial = "false";
  field.help = help_of(field, marked(property["description"].text()));
  return field;
}

using Value = tl::expected<std::string, std::string>;

Value wrong(std::string what) {
  return tl::unexpected<std::string>(std::move(what));
}

/// `value`, unless a size is out of bounds.
Value within(const Field& field, double size, std::string_view of_what, std::string value) {
  if (field.least && size < field.least->number)
    return wrong("At least " + std::string(field.least->digits).append(of_what) + '.');
  if (field.most && size > field.most->number)
    return wrong("At most " + std::string(field.most->digits).append(of_what) + '.');
  return value;
}

Value number_value(const Field& field, std::string_view text) {
  const Json value = Json::parse(text).value_or(Json());
  const auto number = value.number();
  if (field.kind == Field::Kind::integer && !value.whole()) return wrong("A whole number is wanted.");
  if (!number) return wrong("A number is wanted.");
  return within(field, *number, "", value.text());
}

Value lines_value(const Field& field, std::string_view text) {
  std::string list;
  int count = 0;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find_first_of("\r\n"));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    list.append(list.empty() ? "" : ",").append(quoted(line));
    ++count;
  }
  return within(field, count, " lines", '[' + list + ']');
}

Value text_value(const Field& field, std::string_view text) {
  const auto characters = std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return within(field, static_cast<double>(characters), " characters", quoted(text));
}

/// The value of a choice; what is none of them is the engine's to refuse.
std::string choice_value(const Field& field, std::string_view text) {
  const auto found = std::find(field.choices.begin(), field.choices.end(), text);
  if (found == field.choices.end()) return quoted(text);
  return field.choice_values[static_cast<std::size_t>(found - field.choices.begin())];
}

}  // namespace

std::vector<Field> decode_fields(const Json& schema) {
  std::vector<Field> required, others;
  const auto& names = schema["required"].items();
  for (const auto& property : schema["properties"].items()) {
    auto field = decode_field(property);
    const auto is_its_name = [&](const Json& name) { return name.text() == field.key; };
    field.is_required = std::any_of(names.begin(), names.end(), is_its_name);
    (field.is_required ? required : others).push_back(std::move(field));
  }
  std::move(others.begin(), others.end(), std::back_inserter(required));
  return required;
}

Value field_value(const Field& field, std::string_view text) {
  const auto first = text.find_first_not_of(" \r\n\t");
  if (first == std::string_view::npos) {
    if (field.is_required) return wrong("This is required.");
    return std::string();
  }
  const auto trimmed = text.substr(first, text.find_last_not_of(" \r\n\t") - first + 1);
  switch (field.kind) {
    case Field::Kind::integer:
    case Field::Kind::number:
      return number_value(field, trimmed);
    case Field::Kind::boolean:
      return std::string(trimmed == "true" ? "true" : "false");
    case Field::Kind::choice:
      return choice_value(field, text);
    case Field::Kind::text:
      return text_value(field, text);
    case Field::Kind::lines:
      return lines_value(field, text);
    case Field::Kind::json:
      break;
  }
  const auto value = Json::parse(trimmed);
  return value ? Value(value->compact()) : wrong("This is not JSON.");
}

}  // namespace taskwire::view
