#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace taskwire::test {

/// What taskwire-bench said.
struct Measured {
  int status = -1;
  std::string output;
  nlohmann::json json;  ///< Null where it said none.

  [[nodiscard]] double figure(const std::string& key) const;
  /// missing, repeated, reordered, foreign, cut.
  [[nodiscard]] std::string faults() const;
};

/// Runs taskwire-bench, with --json.
Measured bench(std::vector<std::string> arguments);

}  // namespace taskwire::test
