#pragma once

#include <compare>
#include <string>

namespace taskwire::engine {

/// One attempt of one task.
struct AttemptId {
  std::string task_id;
  int number = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees one in what the compiler makes of it
  friend auto operator<=>(const AttemptId&, const AttemptId&) = default;
};

}  // namespace taskwire::engine
