#include "tasks/params.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/text.h"

namespace taskwire::engine {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

/// What is wrong with a value, to go on a sentence with; nothing if it is fine.
using Complaint = std::optional<std::string>;

const Value* find(const Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? nullptr : &found->second;
}

/// Whether JSON can carry it.
bool is_plain(const Value& value) {
  switch (value.kind_case()) {
    case Value::kStringValue:
      return is_utf8(value.string_value());
    case Value::kNumberValue:
      return std::isfinite(value.number_value());
    case Value::kListValue:
      return std::all_of(value.list_value().values().begin(), value.list_value().values().end(), is_plain);
    case Value::kStructValue:
      return is_json(value.struct_value());
    case Value::KIND_NOT_SET:
      return false;
    default:
      return true;
  }
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
  return type == "object" && value.has_struct_value();
}

/// Compares a measure of the value with a bound of the schema.
Complaint check_bounds(const Struct& schema, double measure, const char* least, const char* most,
                       const std::string& what) {
  if (const auto* const bound = find(schema, least); bound != nullptr && measure < bound->number_value())
    return "must " + what + " at least " + to_json(*bound);
  if (const auto* const bound = find(schema, most); bound != nullptr && measure > bound->number_value())
    return "must " + what + " at most " + to_json(*bound);
  return std::nullopt;
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

Complaint check_value(const Struct& schema, const Value& value) {
  if (!is_plain(value)) return "holds something that JSON cannot carry";
  const auto& type = find(schema, "type")->string_value();
  if (!has_type(value, type)) return "must be of type " + type;
  if (const auto* const allowed = find(schema, "enum")) {
    const auto& values = allowed->list_value().values();
    const auto equals = [&](const Value& v) { return google::protobuf::util::MessageDifferencer::Equals(v, value); };
    if (std::none_of(values.begin(), values.end(), equals)) return "must be one of " + to_json(*allowed);
  }
  if (value.has_number_value()) return check_bounds(schema, value.number_value(), "minimum", "maximum", "be");
  if (value.has_string_value())
    return check_bounds(schema, static_cast<double>(characters(value.string_value())), "minLength", "maxLength",
                        "have, in characters,");
  if (value.has_list_value()) {
    const auto& values = value.list_value().values();
    if (auto complaint = check_bounds(schema, values.size(), "minItems", "maxItems", "have, in items,"))
      return complaint;
    const auto* const items = find(schema, "items");
    for (int i = 0; items != nullptr && i < values.size(); ++i) {
      if (auto complaint = check_value(items->struct_value(), values[i]))
        return "item " + std::to_string(i + 1) + " " + *complaint;
    }
  }
  return std::nullopt;
}

std::string names_of(const Struct& properties) {
  std::vector<std::string> names;
  for (const auto& [name, schema] : properties.fields()) names.push_back(name);
  std::sort(names.begin(), names.end());
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

/// JSON in which what ends a line for some reader, U+0085, U+2028 and U+2029, is escaped; it stands in strings only.
std::string without_line_ends(std::string json) {
  for (const auto& [raw, escaped] :
       {std::pair("\xC2\x85", "\\u0085"), {"\xE2\x80\xA8", "\\u2028"}, {"\xE2\x80\xA9", "\\u2029"}}) {
    for (auto at = json.find(raw); at != std::string::npos; at = json.find(raw, at))
      json.replace(at, std::strlen(raw), escaped);
  }
  return json;
}

}  // namespace

bool is_json(const Struct& object) {
  return std::all_of(object.fields().begin(), object.fields().end(),
                     [](const auto& field) { return is_utf8(field.first) && is_plain(field.second); });
}

Result<Struct> check_params(const Struct& schema, const Struct& given) {
  const auto* const properties_value = find(schema, "properties");
  const Struct properties = properties_value == nullptr ? Struct{} : properties_value->struct_value();
  for (const auto& [name, value] : given.fields()) {
    const auto* const property = find(properties, name);
    if (property == nullptr)
      return refuse(Reason::invalid_params, "unknown parameter '" + name + "'; there are: " + names_of(properties));
    if (const auto complaint = check_value(property->struct_value(), value))
      return refuse(Reason::invalid_params, "parameter '" + name + "': " + *complaint);
  }
  auto params = given;
  for (const auto& [name, property] : properties.fields()) {
    const auto* const value = find(property.struct_value(), "default");
    if (value != nullptr && find(given, name) == nullptr) (*params.mutable_fields())[name] = *value;
  }
  return params;
}

std::int64_t integer_param(const Struct& params, const std::string& name) {
  return static_cast<std::int64_t>(number_param(params, name));
}

double number_param(const Struct& params, const std::string& name) {
  return params.fields().at(name).number_value();
}

const std::string& string_param(const Struct& params, const std::string& name) {
  return params.fields().at(name).string_value();
}

std::string to_json(const google::protobuf::Message& message) {
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(message, &json);
  // A Struct's fields come in any order, these sorted.
  return without_line_ends(nlohmann::json::parse(json, nullptr, false).dump());
}

Struct struct_from_json(std::string_view json) {
  Struct object;
  const google::protobuf::StringPiece text(json.data(), json.size());
  if (!google::protobuf::util::JsonStringToMessage(text, &object).ok()) throw std::invalid_argument(std::string(json));
  return object;
}

}  // namespace taskwire::engine
