#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace taskwire::cli {

/// How a command ended, and what is told of that.
struct Ending {
  int status = 0;              ///< As waitpid(2) tells it.
  int cannot_start = 0;        ///< The errno where it could not even be started; else 0.
  bool was_cancelled = false;  ///< It was told to stop, by whoever may.

  /// For a shell: its own exit status, 128 and the signal's number, 126 or 127 where it could not be started.
  [[nodiscard]] int exit_status() const;
};

/// The body of a `finish`, without the lease: `result`, `error` or `cancelled`. `last_line`: the last line of standard
/// error, as it was printed; empty: none.
[[nodiscard]] nlohmann::json finish_json(const Ending& ending, std::string_view last_line, nlohmann::json result);

}  // namespace taskwire::cli
