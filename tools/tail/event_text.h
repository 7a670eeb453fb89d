#pragma once

#include <string>

#include "resume/sse_parser.h"
#include "tail/text.h"
#include "view/clock.h"
#include "view/message.h"

namespace taskwire::tail {

/// An event in one line for people, safe for a terminal; `message` is what it says. `server_now`: the server's time.
[[nodiscard]] std::string event_text(const SseEvent& event, const view::Message& message, view::Time server_now,
                                     Style style);

}  // namespace taskwire::tail
