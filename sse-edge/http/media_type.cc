#include "http/media_type.h"

#include "http/split.h"

namespace taskwire::edge {
namespace {

constexpr std::string_view kCharset = "charset=";

std::string_view unquoted(std::string_view value) {
  const bool is_quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return is_quoted ? value.substr(1, value.size() - 2) : value;
}

/// Whether the parameters of a media type leave the text UTF-8.
bool is_utf8(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto parameter = trim(take_part(parameters, ';'));
    if (!equals_ignoring_case(parameter.substr(0, kCharset.size()), kCharset)) continue;
    const auto charset = unquoted(parameter.substr(kCharset.size()));
    if (!equals_ignoring_case(charset, "utf-8") && !equals_ignoring_case(charset, "us-ascii")) return false;
  }
  return true;
}

}  // namespace

Result<std::string_view> body_type(const HttpRequest& request, std::initializer_list<std::string_view> known) {
  const auto codings = request.list("Content-Encoding");
  if (request.header("Content-Encoding") && !equals_ignoring_case(codings, "identity"))
    return refuse(Reason::unsupported_content_coding, "Send the body as it is, without Content-Encoding.");
  auto parameters = request.header("Content-Type").value_or("");
  const auto type = trim(take_part(parameters, ';'));
  if (!is_utf8(parameters)) return refuse(Reason::unsupported_media_type, "Send the body in UTF-8.");
  std::string names;
  for (const auto name : known) {
    if (equals_ignoring_case(type, name)) return name;
    (names += names.empty() ? "" : " or ") += name;
  }
  return refuse(Reason::unsupported_media_type, "Send the body with Content-Type: " + names + ".");
}

}  // namespace taskwire::edge
