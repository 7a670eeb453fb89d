#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "client/client.h"
#include "taskwire/edge_settings.h"

namespace taskwire::cli {

/// Asks for what a command of the program wants, and says on standard error why it did not get it. Nothing where it did
/// not: the program ends with kFailed.
[[nodiscard]] std::optional<nlohmann::json> ask(const EdgeSettings& edge, const client::Request& request);

/// The path of a task, or below it.
[[nodiscard]] std::string task_path(const EdgeSettings& edge, const std::string& task, const std::string& below = {});

/// A POST of JSON that is carried out once, however often it is sent.
[[nodiscard]] client::Request post(const std::string& path, const nlohmann::json& body);

/// `k3v7qm2xw5ta  running    60 %  Data Processing`
[[nodiscard]] std::string task_line(const nlohmann::json& task);

/// Writes a line of JSON, or of text, to standard output.
void print(const nlohmann::json& value);
void print(const std::string& line);

}  // namespace taskwire::cli
