#pragma once

#include <string>

#include "client/client.h"

namespace taskwire::cli {

/// What the server said was wrong.
struct Problem {
  std::string reason;  ///< In capitals; empty where it gave none.
  std::string detail;  ///< For people.
};

/// Of an answer that is none of success.
[[nodiscard]] Problem problem_of(const client::Answer& answer);

/// As one line, for people.
[[nodiscard]] std::string in_words(const Problem& problem);

/// Whether the same request may well be taken later.
[[nodiscard]] bool is_passing(const client::Answer& answer);

}  // namespace taskwire::cli
