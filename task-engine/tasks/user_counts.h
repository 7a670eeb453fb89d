#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

namespace taskwire::engine {

/// How many of something there are, in all and of each user. Not thread-safe.
class UserCounts {
 public:
  void add(const std::string& user) {
    ++by_user_[user];
    ++all_;
  }
  /// One that was added before.
  void remove(const std::string& user) {
    --all_;
    if (--by_user_.at(user) == 0) by_user_.erase(user);
  }
  void clear() {
    by_user_.clear();
    all_ = 0;
  }
  [[nodiscard]] std::size_t all() const { return all_; }
  [[nodiscard]] std::size_t of(const std::string& user) const {
    const auto found = by_user_.find(user);
    return found == by_user_.end() ? 0 : found->second;
  }

 private:
  std::unordered_map<std::string, std::size_t> by_user_;  // nobody without any
  std::size_t all_ = 0;
};

}  // namespace taskwire::engine
