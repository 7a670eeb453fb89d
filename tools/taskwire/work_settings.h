#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "taskwire/edge_settings.h"
#include "taskwire/environment.h"

namespace taskwire::cli {

/// What `taskwire work` shall do.
struct WorkSettings {
  EdgeSettings edge;
  std::vector<std::string> types;
  std::string worker;
  std::string profile;
  std::size_t parallel = 1;
  std::chrono::milliseconds grace{10'000};
  bool is_json = false;
  std::vector<std::string> command;
};

/// As parse_run.
[[nodiscard]] std::optional<int> parse_work(const std::vector<std::string>& words, WorkSettings& settings);

/// Parameters as variables of the command: TASKWIRE_PARAM_ and the name in capitals, with `_` for what is no letter or
/// digit; text as it is, anything else as JSON.
[[nodiscard]] Variables param_variables(const nlohmann::json& params);

}  // namespace taskwire::cli
