#pragma once

#include <chrono>
#include <set>
#include <spdlog/spdlog.h>
#include <string>
#include <unordered_map>

#include "base/clock.h"

namespace taskwire::engine {

/// Topics of which something could not be read or forgotten: they are left out for a while, and known until it could
/// be. Not thread-safe.
class PutOff {
 public:
  PutOff(const Clock& clock, std::chrono::milliseconds time) : clock_(clock), time_(time) {}

  void add(const std::string& topic) {
    if (!until_.contains(topic))
      spdlog::error(
          "what is old of {} cannot be forgotten, so it is left out for {} s; taskwire-engine check says what is wrong",
          topic, std::chrono::duration_cast<std::chrono::seconds>(time_).count());
    until_[topic] = clock_.steady() + time_;
  }
  void remove(const std::string& topic) { until_.erase(topic); }
  [[nodiscard]] bool is_now(const std::string& topic) const {
    const auto known = until_.find(topic);
    return known != until_.end() && clock_.steady() < known->second;
  }
  [[nodiscard]] bool knows(const std::string& topic) const { return until_.contains(topic); }
  [[nodiscard]] std::set<std::string> all() const {
    std::set<std::string> topics;
    for (const auto& [topic, until] : until_) topics.insert(topic);
    return topics;
  }

 private:
  const Clock& clock_;
  const std::chrono::milliseconds time_;
  std::unordered_map<std::string, SteadyTime> until_;
};

}  // namespace taskwire::engine
