#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "program/ending.h"

namespace taskwire::cli {

/// The body of a `finish`, without the lease: `result`, `error` or `cancelled`. `last_line`: the last line of standard
/// error, as it was printed; empty: none.
[[nodiscard]] nlohmann::json finish_json(const Ending& ending, std::string_view last_line, nlohmann::json result);

}  // namespace taskwire::cli
