#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace taskwire {

// What may be published, the same over HTTP and gRPC.
/// So that no line of a stream exceeds 65,536 bytes, the buffer of many a reader of lines.
inline constexpr std::size_t kMostPayloadBytes = 61'440;
inline constexpr int kMostBatchEvents = 1000;
inline constexpr std::size_t kMostBatchBytes = std::size_t{2} << 20;
inline constexpr int kLeastRetryMs = 100;
inline constexpr int kMostRetryMs = 3'600'000;

/// Starts and cancels that go to the engine as one group: the answer to each has a whole task.
inline constexpr int kMostGroupTasks = 32;

/// The topics of one reader.
inline constexpr std::size_t kMostTopics = 64;

/// The longest key that makes repeating a request safe.
inline constexpr std::size_t kMostRequestKeyBytes = 255;

/// Whether `key` may be one: 1 to 255 visible ASCII characters.
[[nodiscard]] inline bool is_request_key(std::string_view key) {
  const auto is_visible = [](char c) { return c > ' ' && c <= '~'; };
  return !key.empty() && key.size() <= kMostRequestKeyBytes && std::all_of(key.begin(), key.end(), is_visible);
}

}  // namespace taskwire
