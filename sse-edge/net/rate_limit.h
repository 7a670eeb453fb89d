#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "metrics/counter.h"

namespace taskwire::edge {

/// How often each address may do something: so many times a second, and ten seconds' worth of it at once (a token
/// bucket, kept as the time when it is full again). Addresses count by their network_of(). Thread-safe.
class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::chrono::seconds kBurst{10};
  /// So many addresses are remembered at once; those beyond go uncounted.
  static constexpr std::size_t kMostAddresses = 100'000;

  /// 0: no bound.
  explicit RateLimit(unsigned per_second) : each_(per_second == 0 ? Clock::duration(0) : kSecond / per_second) {}
  RateLimit(const RateLimit&) = delete;
  RateLimit& operator=(const RateLimit&) = delete;

  [[nodiscard]] bool is_bound() const { return each_ > Clock::duration(0); }
  /// Counts one time more; or answers, counting nothing, how long to wait for it: more than 0.
  [[nodiscard]] Clock::duration take(const boost::asio::ip::address& address, Clock::time_point now);

  /// How often somebody had to wait.
  [[nodiscard]] std::uint64_t refused() const { return refused_.value(); }
  /// How many addresses are remembered.
  [[nodiscard]] std::size_t addresses() const;

 private:
  static constexpr Clock::duration kSecond = std::chrono::seconds(1);
  static constexpr std::size_t kForgetAt = 1000;

  void forget(Clock::time_point now);

  const Clock::duration each_;
  SharedCounter refused_;
  mutable std::mutex mutex_;
  std::unordered_map<boost::asio::ip::address, Clock::time_point> full_at_;  // of those whose bucket is not full
  std::size_t forget_at_ = kForgetAt;                                        // so many
  Clock::time_point forget_again_;
};

}  // namespace taskwire::edge
