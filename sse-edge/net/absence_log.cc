#include "net/absence_log.h"

namespace taskwire::edge {

std::optional<std::string> AbsenceLog::failed(TimePoint now, const std::string& why) {
  if (since_ && now - told_ < kInterval) return std::nullopt;
  told_ = now;
  if (!since_) {
    since_ = now;
    return "cannot reach the engine at " + engine_ + " (" + why + "); looking for it";
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - *since_).count();
  return "still cannot reach the engine at " + engine_ + ", for " + std::to_string(seconds) + " s now (" + why +
         "); does it run, and is --engine right?";
}

}  // namespace taskwire::edge
