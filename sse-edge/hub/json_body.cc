#include "hub/json_body.h"

#include <nlohmann/json.hpp>

namespace taskwire::edge {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;
using nlohmann::json;

constexpr int kMaxDepth = 64;        // what comes deeper could exhaust the stack of those who walk it
constexpr int kMaxParamsDepth = 30;  // each level is three messages of a Struct, and protobuf reads 100 in each other

tl::unexpected<Problem> invalid(const char* reason, std::string detail) {
  return tl::unexpected(Problem{400, reason, std::move(detail)});
}

Result<json> parse(const std::string& text, int max_depth) {
  bool is_too_deep = false;
  const auto limit_depth = [&](int depth, json::parse_event_t, json&) {
    is_too_deep |= depth > max_depth;
    return !is_too_deep;
  };
  auto document = json::parse(text, limit_depth, false);
  if (is_too_deep)
    return invalid("INVALID_JSON", "The JSON is nested more than " + std::to_string(max_depth) + " deep.");
  if (document.is_discarded()) return invalid("INVALID_JSON", "The body is not valid JSON in UTF-8.");
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

}  // namespace

Result<void> check_json_type(const HttpRequest& request) {
  if (request.body.empty()) return {};
  const auto type = request.header("Content-Type").value_or("");
  const auto end = type.find_first_of("; \t");
  if (equals_ignoring_case(type.substr(0, end), "application/json")) return {};
  return tl::unexpected(Problem{415, "UNSUPPORTED_MEDIA_TYPE", "Send the body with Content-Type: application/json."});
}

Result<void> check_json(const std::string& text) {
  auto document = parse(text, kMaxDepth);
  if (!document) return tl::unexpected(document.error());
  return {};
}

Result<v1::StartTaskRequest> parse_start_body(const std::string& body) {
  v1::StartTaskRequest request;
  if (body.empty()) return request;
  const auto document = parse(body, kMaxParamsDepth);
  if (!document) return tl::unexpected(document.error());
  if (!document->is_object())
    return invalid("INVALID_BODY", "The body is a JSON object with type, taskName and params, all optional.");
  for (const auto& [name, member] : document->items()) {
    if ((name == "type" || name == "taskName") && member.is_string()) {
      (name == "type" ? *request.mutable_type() : *request.mutable_name()) = member.get_ref<const std::string&>();
    } else if (name == "params" && member.is_object()) {
      fill(member, *request.mutable_params());
    } else if (name == "type" || name == "taskName") {
      return invalid("INVALID_BODY", "\"" + name + "\" is a string.");
    } else if (name == "params") {
      return invalid("INVALID_BODY", "\"params\" is an object.");
    } else {
      return invalid("INVALID_BODY", "\"" + name + "\" is not known here; type, taskName and params are.");
    }
  }
  return request;
}

}  // namespace taskwire::edge
