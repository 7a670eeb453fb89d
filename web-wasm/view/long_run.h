#pragma once

#include <optional>
#include <string>

#include "view/problem.h"

namespace taskwire::view {

/// A request that is answered only when the task that it started has ended; one at a time. Not thread-safe.
class LongRun {
 public:
  void begin(Time now);
  void answered(const Answer& answer);

  [[nodiscard]] bool is_busy() const { return since_.has_value(); }
  /// Since when the answer is waited for.
  [[nodiscard]] const std::optional<Time>& since() const { return since_; }
  /// What the last one said: the message and the data, in one line each. Empty: nothing.
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] const std::string& data() const { return data_; }
  /// Why the last one failed, until dismissed.
  [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }
  void refuse(Problem problem) { problem_ = std::move(problem); }
  void dismiss() { problem_.reset(); }

 private:
  std::optional<Time> since_;
  std::string message_, data_;
  std::optional<Problem> problem_;
};

}  // namespace taskwire::view
