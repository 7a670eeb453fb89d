#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace taskwire::view {

using Millis = std::chrono::milliseconds;

/// A moment, in milliseconds since 1970 UTC, by the clock of the browser unless a name says "server".
using Time = std::chrono::time_point<std::chrono::system_clock, Millis>;

/// The moment that RFC 3339 text in UTC spells (`2026-01-02T10:30:45.123Z`; any number of decimals, none included), or
/// nothing.
[[nodiscard]] std::optional<Time> parse_time(std::string_view text);

/// What time it is at the server, judged by the dates in what it sends. Not thread-safe.
class ServerClock {
 public:
  /// Something dated `server` arrived at `now`. It may be old, so it only proves that the server's clock is not behind
  /// it.
  void saw(Time server, Time now);

  /// Something dated `server` was written just now.
  void set(Time server, Time now) { ahead_ = server - now; }

  /// The server's time when it is `now` here.
  [[nodiscard]] Time at(Time now) const { return now + ahead_; }

 private:
  Millis ahead_{0};
};

}  // namespace taskwire::view
