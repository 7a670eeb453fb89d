#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace taskwire::bench {

/// The channels of a run: their names, which no other run has, and the last sequence published on each.
class Channels {
 public:
  Channels(std::uint32_t count, const std::string& run) : last_(count, 0) {
    names_.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) names_.push_back("bench-" + run + "-" + std::to_string(i));
  }

  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(names_.size()); }
  [[nodiscard]] const std::string& name(std::uint32_t channel) const { return names_[channel]; }
  [[nodiscard]] std::uint64_t last(std::uint32_t channel) const { return last_[channel]; }
  /// The next sequence to publish.
  std::uint64_t take_next(std::uint32_t channel) { return ++last_[channel]; }

 private:
  std::vector<std::string> names_;
  std::vector<std::uint64_t> last_;
};

}  // namespace taskwire::bench
