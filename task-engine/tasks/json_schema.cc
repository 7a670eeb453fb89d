#include "tasks/json_schema.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/text.h"
#include "resume/ascii.h"
#include "tasks/struct_json.h"
#include "text/utf8.h"

namespace taskwire::engine {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

constexpr std::size_t kMostNameShown = 64;
constexpr std::size_t kMostShown = 512;

/// `text`, cut where it is long.
std::string shown(const std::string& text, std::size_t most = kMostShown) {
  return text.size() <= most ? text : clean_text(text, most) + "…";
}

bool has_type(const Value& value, const std::string& type) {
  constexpr double kMostExact = 9007199254740992;  // 2^53
  if (type == "string") return value.has_string_value();
  if (type == "number") return value.has_number_value();
  if (type == "integer") {
    const double number = value.number_value();
    return value.has_number_value() && std::trunc(number) == number && std::abs(number) <= kMostExact;
  }
  if (type == "boolean") return value.has_bool_value();
  if (type == "array") return value.has_list_value();
  if (type == "null") return value.has_null_value();
  return type == "object" && value.has_struct_value();
}

/// What is wrong with the type; empty: nothing.
std::string check_type(const Struct& schema, const Value& value) {
  const auto* const type = find_field(schema, "type");
  if (type == nullptr) return {};
  if (type->has_string_value())
    return has_type(value, type->string_value()) ? "" : "must be of type " + type->string_value();
  std::string names;
  for (const auto& allowed : type->list_value().values()) {
    if (has_type(value, allowed.string_value())) return {};
    names += (names.empty() ? "" : " or ") + allowed.string_value();
  }
  return "must be of type " + names;
}

/// Compares a measure of the value with bounds of the schema; empty: it is within.
std::string check_bounds(const Struct& schema, double measure, const char* least, const char* most,
                         const std::string& what) {
  if (const auto* const bound = find_field(schema, least); bound != nullptr && measure < bound->number_value())
    return "must " + what + " at least " + to_json(*bound);
  if (const auto* const bound = find_field(schema, most); bound != nullptr && measure > bound->number_value())
    return "must " + what + " at most " + to_json(*bound);
  return {};
}

std::size_t characters(const std::string& text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_utf8_continuation));
}

std::string check_size(const Struct& schema, const Value& value) {
  switch (value.kind_case()) {
    case Value::kNumberValue:
      return check_bounds(schema, value.number_value(), "minimum", "maximum", "be");
    case Value::kStringValue:
      return check_bounds(schema, static_cast<double>(characters(value.string_value())), "minLength", "maxLength",
                          "have, in characters,");
    case Value::kListValue:
      return check_bounds(schema, value.list_value().values_size(), "minItems", "maxItems", "have, in items,");
    default:
      return {};
  }
}

const Struct& properties_of(const Struct& schema) {
  const auto* const properties = find_field(schema, "properties");
  return properties == nullptr ? Struct::default_instance() : properties->struct_value();
}

std::string names_of(const Struct& properties) {
  std::vector<std::string> names;
  for (const auto& field : properties.fields()) names.push_back(field.first);
  std::sort(names.begin(), names.end());
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : shown(text);
}

}  // namespace

Result<void> SchemaCheck::fit(const Struct& schema, std::string_view name, Value& value) {
  filled_bytes_ = 0;
  const auto misfit = check(schema, value);
  if (!misfit) return {};
  return refuse(misfit->reason, std::string(name) + misfit->where + " " + misfit->what);
}

SchemaCheck::Found SchemaCheck::check(const Struct& schema, Value& value) {
  if (auto late = step()) return late;
  if (auto wrong = check_type(schema, value); !wrong.empty()) return Misfit{{}, std::move(wrong)};
  if (auto wrong = check_size(schema, value); !wrong.empty()) return Misfit{{}, std::move(wrong)};
  if (value.has_list_value()) {
    if (auto misfit = check_items(schema, *value.mutable_list_value())) return misfit;
  }
  if (value.has_struct_value()) {
    if (auto misfit = check_members(schema, *value.mutable_struct_value())) return misfit;
  }
  return check_choice(schema, value);
}

SchemaCheck::Found SchemaCheck::check_choice(const Struct& schema, const Value& value) {
  const auto* const only = find_field(schema, "const");
  const auto* const allowed = find_field(schema, "enum");
  const bool is_only = only == nullptr || equal(*only, value);
  const auto is_it = [&](const Value& choice) { return equal(choice, value); };
  const bool is_allowed = allowed == nullptr || std::any_of(allowed->list_value().values().begin(),
                                                            allowed->list_value().values().end(), is_it);
  if (is_only && is_allowed) return std::nullopt;
  if (auto late = step()) return late;
  if (!is_only) return Misfit{{}, "must be " + shown(to_json(*only))};
  return Misfit{{}, "must be one of " + shown(to_json(*allowed))};
}

SchemaCheck::Found SchemaCheck::check_items(const Struct& schema, ListValue& list) {
  const auto* const items = find_field(schema, "items");
  for (int i = 0; items != nullptr && i < list.values_size(); ++i) {
    auto misfit = check(items->struct_value(), *list.mutable_values(i));
    if (!misfit) continue;
    misfit->where.insert(0, "[" + std::to_string(i) + "]");
    return misfit;
  }
  return std::nullopt;
}

SchemaCheck::Found SchemaCheck::check_members(const Struct& schema, Struct& object) {
  if (auto misfit = check_given(schema, object)) return misfit;
  if (auto misfit = fill_in(properties_of(schema), object)) return misfit;
  const auto* const required = find_field(schema, "required");
  if (required == nullptr) return std::nullopt;
  for (const auto& name : required->list_value().values()) {
    if (auto late = step()) return late;
    if (find_field(object, name.string_value()) == nullptr)
      return Misfit{path_of("", name.string_value()), "is required; add it"};
  }
  return std::nullopt;
}

SchemaCheck::Found SchemaCheck::check_given(const Struct& schema, Struct& object) {
  const auto& properties = properties_of(schema);
  const auto* const others = find_field(schema, "additionalProperties");
  for (auto& [name, value] : *object.mutable_fields()) {
    if (auto late = step()) return late;
    const auto* property = find_field(properties, name);
    if (property == nullptr && others != nullptr && others->has_bool_value() && !others->bool_value())
      return Misfit{path_of("", name), "is not known; there are: " + names_of(properties)};
    if (property == nullptr) property = others;
    if (property == nullptr || !property->has_struct_value()) continue;
    auto misfit = check(property->struct_value(), value);
    if (!misfit) continue;
    misfit->where.insert(0, path_of("", name));
    return misfit;
  }
  return std::nullopt;
}

SchemaCheck::Found SchemaCheck::fill_in(const Struct& properties, Struct& object) {
  for (const auto& [name, property] : properties.fields()) {
    if (auto late = step()) return late;
    const auto* const content = find_field(property.struct_value(), "default");
    if (content == nullptr || find_field(object, name) != nullptr) continue;
    filled_bytes_ += name.size() + content->ByteSizeLong();
    if (filled_bytes_ > kMostFilledBytes)
      return Misfit{{},
                    "would have more than 64 KiB of defaults filled in; send fewer items, or give what has defaults",
                    Reason::params_too_large};
    auto& filled = (*object.mutable_fields())[name] = *content;
    auto misfit = check(property.struct_value(), filled);  // it has defaults of its own
    if (!misfit) continue;
    misfit->where.insert(0, path_of("", name));
    return misfit;
  }
  return std::nullopt;
}

bool SchemaCheck::equal(const Value& a, const Value& b) {
  if (step() || a.kind_case() != b.kind_case()) return false;
  switch (a.kind_case()) {
    case Value::kNumberValue:
      return a.number_value() == b.number_value();
    case Value::kStringValue:
      return a.string_value() == b.string_value();
    case Value::kBoolValue:
      return a.bool_value() == b.bool_value();
    case Value::kListValue:
      return std::equal(a.list_value().values().begin(), a.list_value().values().end(), b.list_value().values().begin(),
                        b.list_value().values().end(), [&](const Value& x, const Value& y) { return equal(x, y); });
    case Value::kStructValue: {
      const auto& fields = a.struct_value().fields();
      if (fields.size() != b.struct_value().fields().size()) return false;
      return std::all_of(fields.begin(), fields.end(), [&](const auto& field) {
        const auto* const other = find_field(b.struct_value(), field.first);
        return other != nullptr && equal(field.second, *other);
      });
    }
    default:
      return true;
  }
}

SchemaCheck::Found SchemaCheck::step() {
  if (++steps_ <= kMostSteps) return std::nullopt;
  return Misfit{{}, "takes too long to check; send fewer items"};
}

std::string path_of(std::string_view object, std::string_view member) {
  const bool is_plain =
      !member.empty() && !is_digit(member.front()) && member.size() <= kMostNameShown &&
      std::all_of(member.begin(), member.end(), [](char c) { return is_digit(c) || is_letter(c) || c == '_'; });
  if (is_plain) return std::string(object) + "." + std::string(member);
  Value name;
  name.set_string_value(clean_text(member, kMostNameShown) + (member.size() > kMostNameShown ? "…" : ""));
  return std::string(object) + "[" + to_json(name) + "]";
}

}  // namespace taskwire::engine
