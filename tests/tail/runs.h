#pragma once

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {

using nlohmann::json;

/// The command line that follows something at an edge.
inline std::vector<std::string> tail_command(const std::string& edge, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {program_path("taskwire-tail"), "--edge", edge});
  return arguments;
}

/// The events among the lines of a run's output, which standard error goes to as well.
inline std::vector<json> events_of(const std::string& output) {
  std::vector<json> events;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('{')) events.push_back(json::parse(line));
  }
  return events;
}

/// The data of those events that are no own ones of the stream.
inline std::vector<json> data_of(const std::string& output) {
  std::vector<json> data;
  for (const auto& event : events_of(output)) {
    const std::string type = event["event"];
    if (type != "reset" && type != "synced" && type != "skipped" && type != "upstream") data.push_back(event["data"]);
  }
  return data;
}

/// Starts a task of alice; answers its id.
inline std::string start_task(std::uint16_t port, const json& body) {
  return post(port, "/api/tasks/alice/start", body).json().value("taskId", "");
}

inline std::string task_path(const std::string& id) {
  return "/api/tasks/alice/" + id;
}

/// Waits until a task of alice is in `state`.
inline bool wait_for_state(std::uint16_t port, const std::string& id, const std::string& state) {
  return eventually([&] { return get(port, task_path(id)).json().value("status", "") == state; });
}

}  // namespace taskwire::test
