#include "taskwire/finish_json.h"

#include <utility>

namespace taskwire::cli {

nlohmann::json finish_json(const Ending& ending, std::string_view last_line, nlohmann::json result, Again again) {
  if (const auto failure = failure_of(ending, last_line)) {
    const bool is_retryable = again == Again::yes && failure->reason != Reason::cannot_start;
    return {{"error",
             {{"reason", info(failure->reason).name}, {"message", failure->message}, {"retryable", is_retryable}}}};
  }
  if (ending.was_cancelled) return {{"cancelled", true}};
  return {{"result", std::move(result)}};
}

}  // namespace taskwire::cli
