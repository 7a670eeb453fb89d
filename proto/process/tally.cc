#include "process/tally.h"

#include <spdlog/spdlog.h>

namespace taskwire {

void Tally::count(std::string_view detail) {
  const std::lock_guard lock(mutex_);
  ++total_;
  const auto now = std::chrono::steady_clock::now();
  if (now < quiet_until_) return;
  quiet_until_ = now + kPause;
  spdlog::warn("{}: {} ({} since the last such line, {} in all)", what_, detail, total_ - told_, total_);
  told_ = total_;
}

}  // namespace taskwire
