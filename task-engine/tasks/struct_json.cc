#include "tasks/struct_json.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "base/text.h"

namespace taskwire::engine {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

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
                     [](const auto& field) { return is_utf8(field.first) && is_json(field.second); });
}

bool is_json(const Value& value) {
  switch (value.kind_case()) {
    case Value::kStringValue:
      return is_utf8(value.string_value());
    case Value::kNumberValue:
      return std::isfinite(value.number_value());
    case Value::kListValue:
      return std::all_of(value.list_value().values().begin(), value.list_value().values().end(),
                         [](const Value& item) { return is_json(item); });
    case Value::kStructValue:
      return is_json(value.struct_value());
    case Value::KIND_NOT_SET:
      return false;
    default:
      return true;
  }
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

const Value* find_field(const Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? nullptr : &found->second;
}

int nesting(const Value& value) {
  if (value.has_struct_value()) return nesting(value.struct_value());
  if (!value.has_list_value()) return 0;
  int deepest = 0;
  for (const auto& item : value.list_value().values()) deepest = std::max(deepest, nesting(item));
  return deepest + 1;
}

int nesting(const Struct& object) {
  int deepest = 0;
  for (const auto& field : object.fields()) deepest = std::max(deepest, nesting(field.second));
  return deepest + 1;
}

}  // namespace taskwire::engine
