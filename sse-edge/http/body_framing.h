#pragma once

#include <cstdint>

#include "http/message.h"
#include "http/problem.h"

namespace taskwire::edge {

/// How the body of a request is framed (RFC 9112, 6).
struct BodyFraming {
  bool is_chunked = false;
  std::uint64_t length = 0;  ///< Where it is not chunked; 0: there is no body. Below 2^60.
};

/// Reads it from the fields. What two servers could read in two ways is refused: MALFORMED_REQUEST for a transfer
/// coding in HTTP/1.0, beside a length, empty or given twice, and for a length that is no number or given twice;
/// UNSUPPORTED_TRANSFER_CODING.
[[nodiscard]] Result<BodyFraming> body_framing(const HttpRequest& request);

}  // namespace taskwire::edge
