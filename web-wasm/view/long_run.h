#pragma once

#include <optional>
#include <string>

#include "view/problem.h"

namespace taskwire::view {

/// A request that is answered only when the task that it started has ended; one at a time. One whose outcome is not
/// known keeps its idempotency key, so that the next one asks for the same task again. Not thread-safe.
class LongRun {
 public:
  /// The key to send: `new_key`, which was not used before, or that of the last one where its outcome is not known.
  [[nodiscard]] std::string begin(std::string new_key, Time now);
  /// Its last word.
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
  std::string key_;  // of the one under way, or whose outcome is unknown
  std::string message_, data_;
  std::optional<Problem> problem_;
};

}  // namespace taskwire::view
