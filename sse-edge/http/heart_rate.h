#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskwire::edge {

/// Where the engine's readings of the heart rate go: `{"rate":75,"timestamp":"…"}`.
inline constexpr std::string_view kHeartRateTopic = "channels/heart-rate";

/// The reconnection time that each reading carries as a bare number.
inline constexpr int kHeartRateRetryMs = 60'000;

/// The rate of a reading, in beats a minute; nothing where `data` is no reading.
[[nodiscard]] std::optional<int> heart_rate(const std::string& data);

/// `Heart Rate: 75 bpm`
[[nodiscard]] std::string heart_rate_text(int rate);

}  // namespace taskwire::edge
