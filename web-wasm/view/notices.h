#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "view/problem.h"

namespace taskwire::view {

/// Problems that stay until somebody dismisses them; of too many the oldest goes. Not thread-safe.
class Notices {
 public:
  struct Notice {
    int number = 0;
    Problem problem;
  };

  static constexpr std::size_t kMost = 3;

  void add(Problem problem) {
    notices_.push_back({++count_, std::move(problem)});
    if (notices_.size() > kMost) notices_.erase(notices_.begin());
  }
  void dismiss(std::string_view number) {
    std::erase_if(notices_, [&](const Notice& notice) { return std::to_string(notice.number) == number; });
  }
  void clear() { notices_.clear(); }
  /// Oldest first.
  [[nodiscard]] const std::vector<Notice>& all() const { return notices_; }

 private:
  std::vector<Notice> notices_;
  int count_ = 0;
};

}  // namespace taskwire::view
