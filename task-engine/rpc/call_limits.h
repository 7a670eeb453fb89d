#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/error.h"
#include "process/tally.h"

namespace taskwire::rpc {

/// How many calls are under way, by kind. Thread-safe.
class CallLimits {
 public:
  struct Settings {
    std::size_t calls = 2000;      ///< That are answered once.
    std::size_t watches = 5000;    ///< Watches.
    std::size_t claims = 10'000;   ///< Claims of workers, which wait.
    std::size_t outputs = 10'000;  ///< Readings of output, which wait.
    std::size_t groups = 1000;     ///< Calls that bring commands in groups, which last.
  };
  /// Holds a call's place until it is destroyed. Copies hold the same place.
  using Place = std::shared_ptr<void>;

  /// Must outlive every place.
  explicit CallLimits(const Settings& settings)
      : calls_{settings.calls, "rpc: too many calls"},
        watches_{settings.watches, "rpc: too many Watches"},
        claims_{settings.claims, "rpc: too many Claims"},
        outputs_{settings.outputs, "rpc: too many readings of output"},
        most_groups_(settings.groups) {}
  CallLimits(const CallLimits&) = delete;
  CallLimits& operator=(const CallLimits&) = delete;

  /// A place for a call, or `TOO_MANY_CALLS`.
  [[nodiscard]] engine::Result<Place> enter_call();
  /// A place for a Watch, or `TOO_MANY_WATCHES`.
  [[nodiscard]] engine::Result<Place> enter_watch();
  /// A place for a Claim, or `TOO_MANY_CLAIMS`.
  [[nodiscard]] engine::Result<Place> enter_claim();
  /// A place for a reading of output, or `TOO_MANY_READS`.
  [[nodiscard]] engine::Result<Place> enter_output();
  [[nodiscard]] std::size_t most_groups() const { return most_groups_; }

  /// How many of a kind are under way, and how many were refused.
  struct Use {
    std::size_t now = 0;
    std::uint64_t refused = 0;
  };
  [[nodiscard]] Use calls() const { return use(calls_); }
  [[nodiscard]] Use watches() const { return use(watches_); }
  [[nodiscard]] Use claims() const { return use(claims_); }
  [[nodiscard]] Use outputs() const { return use(outputs_); }

 private:
  struct Counter {
    Counter(std::size_t limit, std::string what) : most(limit), refusals(std::move(what)) {}
    const std::size_t most;
    std::atomic<std::size_t> now = 0;
    Tally refusals;
  };

  [[nodiscard]] static Use use(const Counter& counter) { return {counter.now, counter.refusals.total()}; }
  engine::Result<Place> enter(Counter& counter, const engine::Error& refusal);

  Counter calls_;
  Counter watches_;
  Counter claims_;
  Counter outputs_;
  const std::size_t most_groups_;
};

}  // namespace taskwire::rpc
