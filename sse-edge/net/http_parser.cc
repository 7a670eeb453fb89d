#include "net/http_parser.h"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include "http/publication.h"
#include "http/split.h"
#include "resume/limits.h"

namespace taskwire::edge {

namespace beast = boost::beast;
namespace http = beast::http;

HttpRequest to_request(const Parser& parser) {
  const auto& message = parser.get();
  HttpRequest request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  for (const auto& field : message) request.headers.emplace_back(field.name_string(), field.value());
  request.body = message.body();
  request.is_http_1_0 = message.version() < 11;
  return request;
}

std::optional<Problem> read_problem(const boost::system::error_code& error, std::uint32_t header_limit,
                                    std::uint64_t body_limit) {
  if (error == http::error::header_limit) {
    return Problem{Reason::header_too_large,
                   "The request's header is larger than " + std::to_string(header_limit) + " bytes. Send less."};
  }
  if (error == http::error::body_limit) {
    return Problem{Reason::body_too_large,
                   "The request's body is larger than " + std::to_string(body_limit) + " bytes. Send less at a time."};
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error.category() == make_error_code(http::error::bad_version).category())
    return Problem{Reason::malformed_request, "This is not a valid HTTP/1.1 request."};
  return std::nullopt;
}

std::uint64_t body_limit(const Parser& parser, const Config& config) {
  auto type = std::string_view(parser.get()[http::field::content_type]);
  const bool is_batch = equals_ignoring_case(trim(take_part(type, ';')), kNdjson);
  return is_batch ? kMostBatchBytes : config.max_body_bytes;
}

std::optional<Problem> header_problem(const Parser& parser, std::uint64_t body_limit) {
  const auto coding = parser.get()[http::field::transfer_encoding];
  if (!coding.empty() && !beast::iequals(coding, "chunked")) {
    return Problem{Reason::unsupported_transfer_coding,
                   "Send the body with Content-Length, or chunked and nothing else."};
  }
  if (parser.content_length() && *parser.content_length() > body_limit)
    return read_problem(http::error::body_limit, 0, body_limit);
  return std::nullopt;
}

}  // namespace taskwire::edge
