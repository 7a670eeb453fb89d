#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace taskwire::progress {

enum class Condition { none, paused, warning, error };
enum class StepState { pending, running, done, failed };

/// A part of the work with counts of its own.
struct Step {
  std::string name;  ///< At most kMaxName bytes.
  StepState state = StepState::running;
  std::optional<std::int64_t> done, total;

  friend bool operator==(const Step&, const Step&) = default;
};

/// What is known of how far a program has come, as the `progress` of a report has it. What is absent is not known.
struct Progress {
  static constexpr std::size_t kMaxSteps = 50;
  static constexpr std::size_t kMaxName = 128;
  static constexpr std::size_t kMaxText = 4096;

  std::optional<int> percent;  ///< Of the whole, 0 to 100, rounded down; only where the program tells it honestly.
  std::optional<std::int64_t> done, total;
  std::string unit;
  bool indeterminate = false;  ///< How far the whole is is not known, whatever `done`, `total` and `steps` say.
  Condition condition = Condition::none;
  std::string stage, message;  ///< At most kMaxText bytes.
  std::vector<Step> steps;     ///< At most kMaxSteps.

  friend bool operator==(const Progress&, const Progress&) = default;
};

}  // namespace taskwire::progress
