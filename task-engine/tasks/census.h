#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "taskwire/v1/task.pb.h"

namespace taskwire::engine {

/// How many tasks of each type are in each state, as far as they have not ended, and how many were seen to end. Beyond
/// kMostTypes types the rest counts as one, kOtherTypes. Not thread-safe.
class Census {
 public:
  static constexpr std::size_t kMostTypes = 100;
  static constexpr std::string_view kOtherTypes = "_other";  ///< No type can be called so.

  struct Count {
    std::array<std::size_t, v1::TaskState_ARRAYSIZE> open{};     ///< By v1::TaskState; those of ended ones are 0.
    std::array<std::uint64_t, v1::TaskState_ARRAYSIZE> ended{};  ///< The same, of the states in which tasks end.
  };
  using ByType = std::map<std::string, Count, std::less<>>;

  /// The task is like that now.
  void take_in(const v1::Task& task);
  /// Nothing is known any more of what is open; what has ended still counts.
  void forget_open();
  [[nodiscard]] const ByType& by_type() const { return by_type_; }

 private:
  struct Open {
    v1::TaskState state;
    Count* count;
  };

  Count& count_of(const std::string& type);

  ByType by_type_;
  std::unordered_map<std::string, Open> open_;  // by task
};

}  // namespace taskwire::engine
