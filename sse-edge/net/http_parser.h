#pragma once

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <optional>

#include "http/message.h"
#include "http/problem.h"
#include "net/config.h"

namespace taskwire::edge {

using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

/// What a whole request says.
[[nodiscard]] HttpRequest to_request(const Parser& parser);

/// How many bytes of body a request may send, once its header has been read: events one a line more than anything else.
[[nodiscard]] std::uint64_t body_limit(const Parser& parser, const Config& config);

/// Why a request is not read on after its header; nothing where it is. UNSUPPORTED_TRANSFER_CODING, BODY_TOO_LARGE.
[[nodiscard]] std::optional<Problem> header_problem(const Parser& parser, std::uint64_t body_limit);

/// What to answer when the request could not be read; nothing where nobody waits for an answer. HEADER_TOO_LARGE,
/// BODY_TOO_LARGE, MALFORMED_REQUEST.
[[nodiscard]] std::optional<Problem> read_problem(const boost::system::error_code& error, std::uint32_t header_limit,
                                                  std::uint64_t body_limit);

}  // namespace taskwire::edge
