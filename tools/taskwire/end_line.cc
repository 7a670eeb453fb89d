#include "taskwire/end_line.h"

#include <iostream>

namespace taskwire::cli {

std::string end_line(const std::string& task_id, const Ending& ending, const nlohmann::json& finish) {
  const bool has_succeeded = finish.contains("result");
  const auto* const status = has_succeeded ? "succeeded" : finish.contains("cancelled") ? "cancelled" : "failed";
  nlohmann::json line{{"taskId", nullptr}, {"status", status}, {"exitStatus", ending.exit_status()}};
  if (!task_id.empty()) line["taskId"] = task_id;
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void tell_line(const std::string& line) {
  std::cerr << line + "\n" << std::flush;
}

}  // namespace taskwire::cli
