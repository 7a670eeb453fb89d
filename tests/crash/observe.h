#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "crash/model.h"

namespace taskwire::engine {

/// All that a store shows, as far as it can be told without knowing what was written: marks are left out.
struct Observed {
  Model model;
  std::int64_t output_bytes = 0;  ///< Of all tasks, as their pieces are counted.
  /// What in it does not go together, for people; empty: nothing.
  std::string contradiction;
};

/// Reads everything. An error where the store says that it cannot be read.
[[nodiscard]] Result<Observed> observe(Store& store);

/// Reads the head and the events alone, and writes nothing. An error where the store says that it cannot be read.
[[nodiscard]] Result<Model> observe_events(Store& store);

/// What is wrong of the marks, seen from what was written.
[[nodiscard]] std::string wrong_marks(Store& store, const Model& written);

/// In what `found` is other than `wanted`, for people; empty: in nothing. Marks are left out.
[[nodiscard]] std::string difference(const Model& found, const Model& wanted);

/// Of which answers there may be any: scopes and keys.
[[nodiscard]] const std::vector<std::pair<std::string, std::string>>& answer_keys();

}  // namespace taskwire::engine
