#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace taskwire::engine {

/// Gives 64 random bits at each call.
using Random = std::function<std::uint64_t()>;

/// Bits that nobody can foretell, from the system. Thread-safe.
[[nodiscard]] Random system_random();

/// 12 random characters of `a-z2-7`: 60 bits.
[[nodiscard]] std::string make_task_id(const Random& random);

/// 8 such characters, for the name of a log.
[[nodiscard]] std::string make_epoch(const Random& random);

}  // namespace taskwire::engine
