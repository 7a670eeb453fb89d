#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "errors/reason.h"

namespace taskwire {

/// How a command ended.
struct Ending {
  int status = 0;              ///< As waitpid(2) tells it.
  int cannot_start = 0;        ///< The errno where it could not even be started; else 0.
  bool was_cancelled = false;  ///< It was told to stop, by whoever may.
  std::string lacking = {};    ///< What it could not be started for, for people; empty: it is plain.

  /// For a shell: its own exit status, 128 and the signal's number, 126 or 127 where it could not be started.
  [[nodiscard]] int exit_status() const;
};

/// Why the task of a command failed.
struct Failure {
  Reason reason = Reason::exit_status;  ///< `CANNOT_START`, `EXIT_STATUS` or `SIGNAL`.
  std::string message;                  ///< For people.
};

/// What is told of a command that failed; nothing where it did not, or was told to stop. `last_line`: the last line of
/// standard error, as it was printed; empty: none.
[[nodiscard]] std::optional<Failure> failure_of(const Ending& ending, std::string_view last_line);

}  // namespace taskwire
