#pragma once

#include <chrono>
#include <string>

namespace taskwire::tail {

/// The state of the connection, for people.
struct Link {
  enum class State { connecting, live, waiting };
  State state = State::connecting;
  std::string why{};                              ///< Of `waiting`: how the last connection ended.
  std::chrono::steady_clock::time_point until{};  ///< Of `waiting`: when the next is made.
};

/// `live`, `connecting`, `reconnecting in 3 s: connection refused`.
[[nodiscard]] std::string link_text(const Link& link, std::chrono::steady_clock::time_point now);

}  // namespace taskwire::tail
