#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "program/ending.h"

namespace taskwire::cli {

/// What `--json` says of a command that has ended, as a line: `{"exitStatus":0,"status":"succeeded","taskId":"…"}`;
/// `taskId` is null where it never was a task. `finish`: what was told of its end.
[[nodiscard]] std::string end_line(const std::string& task_id, const Ending& ending, const nlohmann::json& finish);

/// Writes a line to standard error, in one write.
void tell_line(const std::string& line);

}  // namespace taskwire::cli
