#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "client/http_stream.h"

namespace taskwire::client {

/// How a stream that was read to its end began, and what the body was where it was none.
struct StreamEnd {
  ResponseHead head;
  std::string body;   ///< Of any other answer than an event stream; at most 64 KiB.
  std::string broke;  ///< Why it was cut; empty: it ended in order, or the reader ended it.
};

/// Asks for an event stream below `edge`, after `last_event_id` (empty: none), and hands its bytes to `take` until that
/// answers false or the stream is over; a minute of silence cuts it. Fails in words where no answer came.
tl::expected<StreamEnd, std::string> read_stream(const Url& edge, const std::string& token, const std::string& path,
                                                 const std::string& last_event_id,
                                                 const std::function<bool(std::string_view bytes)>& take);

}  // namespace taskwire::client
