#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.h"

namespace taskwire::engine {

/// Which workers are there for which types: those that do something of it or wait for it, and those that did a moment
/// ago, since between two pieces of work nobody hears of them. Beyond kMost names nobody new is counted. Thread-safe.
class Presence {
 public:
  static constexpr std::size_t kMost = 100'000;

  /// So long after it did something a worker is taken to be there. `clock` must outlive it.
  Presence(const Clock& clock, std::chrono::nanoseconds moment) : clock_(clock), moment_(moment) {}

  void enter(const std::string& type, const std::string& worker);
  /// Of something that was entered.
  void leave(const std::string& type, const std::string& worker);
  /// How many there are.
  [[nodiscard]] std::size_t count(const std::string& type);
  /// Whether there is any.
  [[nodiscard]] bool is_any(const std::string& type);

 private:
  struct Seen {
    std::size_t busy = 0;
    SteadyTime last;
  };
  using Workers = std::unordered_map<std::string, Seen>;

  [[nodiscard]] bool is_there(const Seen& seen, SteadyTime now) const;
  void forget_gone(SteadyTime now);

  const Clock& clock_;
  const std::chrono::nanoseconds moment_;
  std::mutex mutex_;
  std::unordered_map<std::string, Workers> types_;
  std::size_t names_ = 0;
  SteadyTime forgotten_at_;
};

}  // namespace taskwire::engine
