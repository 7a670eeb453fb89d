#include "http/json_members.h"

#include <cmath>
#include <limits>

#include "http/json_text.h"

namespace taskwire::edge {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr std::size_t kMostShown = 128;  // bytes of a key, in an error
constexpr int kMostNesting = 30;  // each level is three messages of a Struct, and protobuf reads 100 in each other

void fill_value(const nlohmann::json& from, Value& to) {
  switch (from.type()) {
    case nlohmann::json::value_t::object:
      fill_struct(from, *to.mutable_struct_value());
      return;
    case nlohmann::json::value_t::array: {
      auto& list = *to.mutable_list_value();
      for (const auto& element : from) fill_value(element, *list.add_values());
      return;
    }
    case nlohmann::json::value_t::string:
      to.set_string_value(from.get_ref<const std::string&>());
      return;
    case nlohmann::json::value_t::boolean:
      to.set_bool_value(from.get<bool>());
      return;
    case nlohmann::json::value_t::number_integer:
    case nlohmann::json::value_t::number_unsigned:
    case nlohmann::json::value_t::number_float:
      to.set_number_value(from.get<double>());
      return;
    case nlohmann::json::value_t::null:
    case nlohmann::json::value_t::binary:
    case nlohmann::json::value_t::discarded:
      to.set_null_value(google::protobuf::NULL_VALUE);
      return;
  }
}

/// Whether `document` has a whole number that a double cannot tell from its neighbours.
bool has_inexact_integer(const nlohmann::json& document) {
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  if (document.is_number_unsigned()) return document.get<std::uint64_t>() > static_cast<std::uint64_t>(kExact);
  if (document.is_number_integer()) return document.get<std::int64_t>() < -kExact;
  return document.is_structured() && std::any_of(document.begin(), document.end(), has_inexact_integer);
}

}  // namespace

Result<nlohmann::json> parse_json(const std::string& text) {
  nlohmann::json document;
  const auto found = read_json(text, kMostNesting, &document);
  if (!found) return tl::unexpected(found.error());
  if (found->has_lone_surrogate)
    return refuse(Reason::invalid_body, "A string has half of a surrogate pair, which is no character. Leave it out.");
  if (found->has_too_large_number) return refuse(Reason::invalid_body, "A number is too large. Send it as a string.");
  if (has_inexact_integer(document))
    return refuse(Reason::invalid_body, "A whole number lies beyond 2^53. Send it as a string.");
  return document;
}

void fill_struct(const nlohmann::json& from, Struct& to) {
  auto& fields = *to.mutable_fields();
  for (const auto& [name, member] : from.items()) fill_value(member, fields[name]);
}

std::optional<std::int64_t> whole_number(const nlohmann::json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  constexpr double kExact = 9007199254740992;  // 2^53
  const auto number = value.get<double>();
  if (std::trunc(number) != number || std::abs(number) > kExact) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

tl::unexpected<Problem> not_a(const std::string& name, std::string_view what) {
  return refuse(Reason::invalid_body, "\"" + name + "\" is " + std::string(what) + ".");
}

Result<void> take_text(const nlohmann::json& value, const std::string& name, std::string& field) {
  if (!value.is_string()) return not_a(name, "a string");
  field = value.get_ref<const std::string&>();
  return {};
}

Result<void> take_whole(const nlohmann::json& value, const std::string& name, std::int64_t& field) {
  const auto number = whole_number(value);
  if (!number) return not_a(name, "a whole number");
  field = *number;
  return {};
}

Result<std::int32_t> take_small(const nlohmann::json& value, const std::string& name) {
  using Limits = std::numeric_limits<std::int32_t>;
  const auto number = whole_number(value);
  if (!number) return not_a(name, "a whole number");
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(*number, Limits::min(), Limits::max()));
}

Result<bool> take_bool(const nlohmann::json& value, const std::string& name) {
  if (!value.is_boolean()) return not_a(name, "true or false");
  return value.get<bool>();
}

Result<void> take_object(const nlohmann::json& value, const std::string& name, Struct& field) {
  if (!value.is_object()) return not_a(name, "an object");
  fill_struct(value, field);
  return {};
}

tl::unexpected<Problem> unknown_member(const std::string& name, const std::string& known) {
  const auto shown =
      name.size() > kMostShown ? "A key of " + std::to_string(name.size()) + " bytes" : "\"" + name + "\"";
  return refuse(Reason::invalid_body, shown + " is not known here; known: " + known + ".");
}

void add_name(std::string& list, std::string_view name, std::size_t index, std::size_t count) {
  if (index > 0) list += index + 1 == count ? " and " : ", ";
  list += name;
}

}  // namespace taskwire::edge
