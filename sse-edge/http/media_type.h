#pragma once

#include <initializer_list>
#include <string_view>

#include "http/message.h"
#include "http/problem.h"

namespace taskwire::edge {

/// The media type of a request's body, one of `known` (RFC 9110, 8.3). UNSUPPORTED_MEDIA_TYPE, also for a charset other
/// than UTF-8; UNSUPPORTED_CONTENT_CODING.
[[nodiscard]] Result<std::string_view> body_type(const HttpRequest& request,
                                                 std::initializer_list<std::string_view> known);

}  // namespace taskwire::edge
