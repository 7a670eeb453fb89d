#pragma once

#include <optional>
#include <string>
#include <utility>

#include "view/problem.h"

namespace taskwire::view {

/// A form whose text is posted, one at a time. A post whose outcome is not known keeps its idempotency key for as long
/// as the same is posted again, so that pressing the button twice never posts it twice. Not thread-safe.
class PostForm {
 public:
  /// What to send; nothing while another post is under way. `request` has a key that was not used before.
  [[nodiscard]] std::optional<Request> submit(Request request);
  /// Its last word.
  void answered(const Answer& answer);
  void refuse(Problem problem);
  /// What keeps it, shown until its last word.
  void warn(Problem problem) { problem_ = std::move(problem); }

  [[nodiscard]] bool is_busy() const { return is_busy_; }
  /// The id of what was posted last; empty: none since the form was used again.
  [[nodiscard]] const std::string& accepted_id() const { return accepted_id_; }
  /// Why the last post failed, until dismissed.
  [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }
  void dismiss() { problem_.reset(); }

 private:
  std::optional<Request> open_;  // under way, or its outcome is unknown
  std::optional<Problem> problem_;
  std::string accepted_id_;
  bool is_busy_ = false;
};

}  // namespace taskwire::view
