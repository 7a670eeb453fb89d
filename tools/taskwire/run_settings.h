#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "taskwire/edge_settings.h"

namespace taskwire::cli {

/// What `taskwire run` shall do.
struct RunSettings {
  EdgeSettings edge;
  std::string name;  ///< Of the task.
  std::string type = "external";
  std::string profile;  ///< Of progress; empty: by the command's name.
  std::chrono::milliseconds grace{10'000};
  std::chrono::milliseconds wait{2'000};  ///< After the end, for an edge that is away.
  bool requires_server = false;
  bool is_json = false;
  std::string untold;  ///< Why nobody can be told: what is wrong with the environment; empty: nothing.
  std::vector<std::string> command;
};

/// Reads the command line after `run`. Answers an exit status where the program should end at once: 0 after `--help`, 2
/// after a mistake, which was explained on standard error.
[[nodiscard]] std::optional<int> parse_run(const std::vector<std::string>& words, RunSettings& settings);

/// What a task is called whose command nobody named: the program, and what it does where that is a word. Other
/// arguments may be secret.
[[nodiscard]] std::string usual_name(const std::vector<std::string>& command);

}  // namespace taskwire::cli
