#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

namespace taskwire::engine {

/// How many of something there are, in all and of each name. Not thread-safe.
class Counts {
 public:
  void add(const std::string& name) {
    ++by_name_[name];
    ++all_;
  }
  /// One that was added before.
  void remove(const std::string& name) {
    --all_;
    if (--by_name_.at(name) == 0) by_name_.erase(name);
  }
  void clear() {
    by_name_.clear();
    all_ = 0;
  }
  [[nodiscard]] std::size_t all() const { return all_; }
  [[nodiscard]] std::size_t of(const std::string& name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? 0 : found->second;
  }

 private:
  std::unordered_map<std::string, std::size_t> by_name_;  // no name without any
  std::size_t all_ = 0;
};

}  // namespace taskwire::engine
