#include "net/rate_limit.h"

#include <algorithm>

#include "net/address.h"

namespace taskwire::edge {

RateLimit::Clock::duration RateLimit::take(const boost::asio::ip::address& address, Clock::time_point now) {
  if (!is_bound()) return {};
  const auto network = network_of(address);
  const std::lock_guard lock(mutex_);
  if (full_at_.size() >= forget_at_ && now >= forget_again_) forget(now);
  const auto known = full_at_.find(network);
  const auto full_at = std::max(known == full_at_.end() ? now : known->second, now) + each_;
  if (const auto wait = full_at - now - kBurst; wait > Clock::duration(0)) {
    refused_.add();
    return wait;
  }
  if (known != full_at_.end()) {
    known->second = full_at;
  } else if (full_at_.size() < kMostAddresses) {
    full_at_.emplace(network, full_at);
  }
  return {};
}

std::size_t RateLimit::addresses() const {
  const std::lock_guard lock(mutex_);
  return full_at_.size();
}

void RateLimit::forget(Clock::time_point now) {
  std::erase_if(full_at_, [now](const auto& one) { return one.second <= now; });
  forget_at_ = std::clamp(2 * full_at_.size(), kForgetAt, kMostAddresses);
  forget_again_ = now + std::chrono::seconds(1);  // it looks at all of them
}

}  // namespace taskwire::edge
