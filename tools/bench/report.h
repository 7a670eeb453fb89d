#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/exit_status.h"
#include "bench/sequence_check.h"
#include "bench/settings.h"

namespace taskwire::bench {

/// A figure and what it counts.
struct Figure {
  std::string key;   ///< In JSON.
  std::string text;  ///< For people, with the unit.
  double value = 0;
};

/// What a scenario found out.
struct Report {
  std::vector<Figure> figures;
  Faults faults;          ///< Of order only where one caller published at a time, who said what it is.
  std::uint64_t cut = 0;  ///< Readers whose stream ended, though they read.
  std::vector<std::string> notes;

  void add(std::string key, std::string text, double value) {
    figures.push_back({std::move(key), std::move(text), value});
  }
  /// Nothing is added where there is no value.
  void add(std::string key, std::string text, std::optional<double> value) {
    if (value) add(std::move(key), std::move(text), *value);
  }
};

[[nodiscard]] ExitStatus verdict(const Report& report);
[[nodiscard]] std::string to_text(const Report& report, const Settings& settings);
/// One line.
[[nodiscard]] std::string to_json(const Report& report, const Settings& settings);

}  // namespace taskwire::bench
