#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "program/ending.h"

namespace taskwire::cli {

/// Whether a command that failed may be run again, where the task's type says how often.
enum class Again { no, yes };

/// The body of a `finish`, without the lease: `result`, `error` or `cancelled`. `last_line`: the last line of standard
/// error, as it was printed; empty: none. A command that could not even be started is not run again.
[[nodiscard]] nlohmann::json finish_json(const Ending& ending, std::string_view last_line, nlohmann::json result,
                                         Again again);

}  // namespace taskwire::cli
