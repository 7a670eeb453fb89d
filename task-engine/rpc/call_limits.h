#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "base/error.h"
#include "gate/complaints.h"

namespace taskwire::rpc {

/// How many calls are under way, by kind. Thread-safe.
class CallLimits {
 public:
  struct Settings {
    std::size_t calls = 2000;    ///< That are answered once.
    std::size_t watches = 5000;  ///< Watches.
  };
  /// Holds a call's place until it is destroyed. Copies hold the same place.
  using Place = std::shared_ptr<void>;

  /// `complaints` must outlive the limits, and these every place.
  CallLimits(const Settings& settings, gate::Complaints& complaints)
      : calls_{settings.calls}, watches_{settings.watches}, complaints_(complaints) {}
  CallLimits(const CallLimits&) = delete;
  CallLimits& operator=(const CallLimits&) = delete;

  /// A place for a call, or `TOO_MANY_CALLS`.
  [[nodiscard]] engine::Result<Place> enter_call();
  /// A place for a Watch, or `TOO_MANY_WATCHES`.
  [[nodiscard]] engine::Result<Place> enter_watch();

 private:
  struct Counter {
    const std::size_t most;
    std::atomic<std::size_t> now = 0;
  };

  engine::Result<Place> enter(Counter& counter, const engine::Error& refusal);

  Counter calls_;
  Counter watches_;
  gate::Complaints& complaints_;
};

}  // namespace taskwire::rpc
