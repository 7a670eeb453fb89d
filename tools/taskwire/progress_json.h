#pragma once

#include <nlohmann/json.hpp>

#include "progress/progress.h"

namespace taskwire::cli {

/// The `progress` of a report that makes `now` of `before`: the keys that differ, null where nothing is known any more.
/// Empty where nothing changed. What others report to the same task meanwhile stays, therefore.
[[nodiscard]] nlohmann::json progress_json(const progress::Progress& before, const progress::Progress& now);

}  // namespace taskwire::cli
