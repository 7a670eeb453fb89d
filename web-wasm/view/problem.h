#pragma once

#include <string>

#include "view/request.h"

namespace taskwire::view {

/// What went wrong, for people.
struct Problem {
  std::string title;
  std::string detail;  ///< What was wrong and how to mend it; may be empty.
  std::string reason;  ///< In capitals, for looking it up; may be empty.
};

/// The problem that a refusal (RFC 9457) states, or the best that can be said of an answer that states none.
[[nodiscard]] Problem problem_of(const Answer& answer);

/// Whether what was asked for may have been done, although nobody says so.
[[nodiscard]] bool is_outcome_unknown(const Answer& answer);

}  // namespace taskwire::view
