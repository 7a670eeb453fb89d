#include "http/json_body.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "http/json_text.h"
#include "http/media_type.h"
#include "http/rfc3339.h"

namespace taskwire::edge {
namespace {

constexpr std::size_t kMostShown = 128;  // bytes of a key, in an error

using google::protobuf::Struct;
using google::protobuf::Value;
using nlohmann::json;

constexpr int kMaxDepth = 64;        // what comes deeper could exhaust the stack of those who walk it
constexpr int kMaxParamsDepth = 30;  // each level is three messages of a Struct, and protobuf reads 100 in each other

/// What `text` spells, to be kept as protobuf has it.
Result<json> parse(const std::string& text) {
  const auto found = read_json(text, kMaxParamsDepth);
  if (!found) return tl::unexpected(found.error());
  if (found->has_lone_surrogate)
    return refuse(Reason::invalid_body, "A string has half of a surrogate pair, which is no character. Leave it out.");
  auto document = json::parse(text, nullptr, false);
  if (document.is_discarded()) return refuse(Reason::invalid_body, "A number is too large. Send it as a string.");
  return document;
}

void fill(const json& from, Struct& to);

void fill(const json& from, Value& to) {
  switch (from.type()) {
    case json::value_t::object:
      fill(from, *to.mutable_struct_value());
      return;
    case json::value_t::array: {
      auto& list = *to.mutable_list_value();
      for (const auto& element : from) fill(element, *list.add_values());
      return;
    }
    case json::value_t::string:
      to.set_string_value(from.get_ref<const std::string&>());
      return;
    case json::value_t::boolean:
      to.set_bool_value(from.get<bool>());
      return;
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
    case json::value_t::number_float:
      to.set_number_value(from.get<double>());
      return;
    case json::value_t::null:
    case json::value_t::binary:
    case json::value_t::discarded:
      to.set_null_value(google::protobuf::NULL_VALUE);
      return;
  }
}

void fill(const json& from, Struct& to) {
  auto& fields = *to.mutable_fields();
  for (const auto& [name, member] : from.items()) fill(member, fields[name]);
}

/// Whether `document` has a whole number that a double cannot tell from its neighbours.
bool has_inexact_integer(const json& document) {
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  if (document.is_number_unsigned()) return document.get<std::uint64_t>() > static_cast<std::uint64_t>(kExact);
  if (document.is_number_integer()) return document.get<std::int64_t>() < -kExact;
  return document.is_structured() && std::any_of(document.begin(), document.end(), has_inexact_integer);
}

Result<void> check_integers(const json& document) {
  if (!has_inexact_integer(document)) return {};
  return refuse(Reason::invalid_body, "A whole number lies beyond 2^53. Send it as a string.");
}

/// The whole number that `value` is, also where it is written as 1e3.
std::optional<std::int64_t> whole(const json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  constexpr double kExact = 9007199254740992;  // 2^53
  const auto number = value.get<double>();
  if (std::trunc(number) != number || std::abs(number) > kExact) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

Result<void> fill_not_before(const json& value, v1::StartTaskRequest& request) {
  if (!value.is_string()) return refuse(Reason::invalid_body, "\"notBefore\" is a string.");
  if (auto time = parse_rfc3339(value.get_ref<const std::string&>())) {
    *request.mutable_not_before() = *time;
    return {};
  }
  return refuse(Reason::invalid_not_before,
                "\"notBefore\" is a time as RFC 3339 has it, with its offset. Write it like 2026-01-02T10:30:45Z.");
}

Result<void> fill_time_limit(const json& value, v1::StartTaskRequest& request) {
  const auto limit = whole(value);
  if (!limit) return refuse(Reason::invalid_body, "\"timeLimitMs\" is a whole number.");
  request.set_time_limit_ms(*limit);
  return {};
}

Result<void> fill_max_attempts(const json& value, v1::StartTaskRequest& request) {
  const auto attempts = whole(value);
  if (!attempts) return refuse(Reason::invalid_body, "\"maxAttempts\" is a whole number.");
  if (*attempts < 1 || *attempts > std::numeric_limits<std::int32_t>::max())
    return refuse(Reason::invalid_max_attempts, "\"maxAttempts\" is 1 to 100, not " + std::to_string(*attempts) + ".");
  request.set_max_attempts(static_cast<std::int32_t>(*attempts));
  return {};
}

Result<void> fill_member(const std::string& name, const json& member, v1::StartTaskRequest& request) {
  if (name == "notBefore") return fill_not_before(member, request);
  if (name == "timeLimitMs") return fill_time_limit(member, request);
  if (name == "maxAttempts") return fill_max_attempts(member, request);
  if (name == "params") {
    if (!member.is_object()) return refuse(Reason::invalid_body, "\"params\" is an object.");
    fill(member, *request.mutable_params());
    return {};
  }
  if (name == "type" || name == "taskName") {
    if (!member.is_string()) return refuse(Reason::invalid_body, "\"" + name + "\" is a string.");
    (name == "type" ? *request.mutable_type() : *request.mutable_name()) = member.get_ref<const std::string&>();
    return {};
  }
  const auto shown =
      name.size() > kMostShown ? "A key of " + std::to_string(name.size()) + " bytes" : "\"" + name + "\"";
  return refuse(Reason::invalid_body,
                shown + " is not known here; type, taskName, params, notBefore, timeLimitMs and maxAttempts are.");
}

}  // namespace

Result<void> check_no_body(const HttpRequest& request) {
  if (request.body.empty()) return {};
  if (auto valid = check_json_type(request); !valid) return valid;
  const auto object = parse_object(request.body);
  if (!object) return tl::unexpected(object.error());
  if (object->fields().empty()) return {};
  return refuse(Reason::invalid_body, "This path takes no body. Send none, or {}.");
}

Result<void> check_json_type(const HttpRequest& request) {
  if (request.body.empty()) return {};
  if (const auto type = body_type(request, {"application/json"}); !type) return tl::unexpected(type.error());
  return {};
}

Result<void> check_json(const std::string& text) {
  const auto found = read_json(text, kMaxDepth);
  if (!found) return tl::unexpected(found.error());
  return {};
}

Result<v1::StartTaskRequest> parse_start_body(const std::string& body) {
  v1::StartTaskRequest request;
  if (body.empty()) return request;
  const auto document = parse(body);
  if (!document) return tl::unexpected(document.error());
  if (!document->is_object())
    return refuse(
        Reason::invalid_body,
        "The body is a JSON object with type, taskName, params, notBefore, timeLimitMs and maxAttempts, all optional.");
  if (auto valid = check_integers(*document); !valid) return tl::unexpected(valid.error());
  for (const auto& [name, member] : document->items()) {
    if (auto filled = fill_member(name, member, request); !filled) return tl::unexpected(filled.error());
  }
  return request;
}

Result<Struct> parse_object(const std::string& text) {
  const auto document = parse(text);
  if (!document) return tl::unexpected(document.error());
  if (!document->is_object()) return refuse(Reason::invalid_body, "The body is a JSON object.");
  if (auto valid = check_integers(*document); !valid) return tl::unexpected(valid.error());
  Struct object;
  fill(*document, object);
  return object;
}

}  // namespace taskwire::edge
