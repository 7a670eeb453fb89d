#include "http/json_body.h"

#include "http/json_members.h"
#include "http/json_text.h"
#include "http/media_type.h"

namespace taskwire::edge {
namespace {

using google::protobuf::Struct;

constexpr int kMaxDepth = 64;  // what comes deeper could exhaust the stack of those who walk it

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

Result<Struct> parse_object(const std::string& text) {
  const auto document = parse_json(text);
  if (!document) return tl::unexpected(document.error());
  if (!document->is_object()) return refuse(Reason::invalid_body, "The body is a JSON object.");
  Struct object;
  fill_struct(*document, object);
  return object;
}

}  // namespace taskwire::edge
