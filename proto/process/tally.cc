#include "process/tally.h"

#include <spdlog/spdlog.h>

namespace taskwire {

void Tally::count(std::string_view detail, Time now) {
  const std::lock_guard lock(mutex_);
  ++total_;
  if (now < quiet_until_) return;
  quiet_until_ = now + kPause;
  spdlog::warn("{}: {} ({} since the last such line, {} in all)", what_, detail, total_ - told_, total_);
  told_ = total_;
}

}  // namespace taskwire
