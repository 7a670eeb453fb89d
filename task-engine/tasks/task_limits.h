#pragma once

#include <cstddef>
#include <cstdint>

namespace taskwire::engine {

/// What a task may have.

inline constexpr std::size_t kMostTextBytes = 4096;  ///< Of a message, a stage, an error's message.
inline constexpr std::size_t kMostUnitBytes = 128;
inline constexpr int kMostAttempts = 100;                                                 ///< By themselves.
inline constexpr std::int64_t kMostTimeLimitMs = std::int64_t{30} * 24 * 60 * 60 * 1000;  ///< Of an attempt: 30 days.

}  // namespace taskwire::engine
