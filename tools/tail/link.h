#pragma once

#include <chrono>
#include <string>

#include "view/message.h"

namespace taskwire::tail {

/// The state of the connection, for people.
struct Link {
  enum class State { connecting, live, waiting };
  State state = State::connecting;
  std::string why{};                              ///< Of `waiting`: how the last connection ended.
  std::chrono::steady_clock::time_point until{};  ///< Of `waiting`: when the next is made.
};

/// What the server says of the engine: `the engine is away since 10:30:45 UTC`.
[[nodiscard]] std::string engine_text(const view::Upstream& upstream);

/// `live`, `connecting`, `reconnecting in 3 s: connection refused`.
[[nodiscard]] std::string link_text(const Link& link, std::chrono::steady_clock::time_point now);

}  // namespace taskwire::tail
