#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace taskwire::edge {

/// What the log says of an engine that cannot be reached: at once, then now and again. Not thread-safe.
class AbsenceLog {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kInterval{60};

  /// `engine`: its address, as the operator gave it.
  explicit AbsenceLog(std::string engine) : engine_(std::move(engine)) {}

  /// An attempt failed, or the connection has ended, for the reason `why`. Answers the line to log, if it is time for
  /// one.
  [[nodiscard]] std::optional<std::string> failed(TimePoint now, const std::string& why);
  /// The engine was reached; the next failure is told at once.
  void reached() { since_.reset(); }

 private:
  std::string engine_;
  std::optional<TimePoint> since_;
  TimePoint told_;
};

}  // namespace taskwire::edge
