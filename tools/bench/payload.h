#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bench/clock.h"

namespace taskwire::bench {

/// What an event carries, so that who receives it can judge it.
struct Payload {
  std::uint32_t channel = 0;
  std::uint64_t sequence = 0;  ///< Within the channel, from 1.
  Nanoseconds due = 0;         ///< When it was to be sent, whether or not somebody was free to send it.

  friend bool operator==(const Payload&, const Payload&) = default;
};

/// The most bytes that a payload takes without padding.
inline constexpr std::size_t kPayloadBytes = 64;

/// Appends `payload` as a line of text that needs no escaping in JSON, a URL's query aside, padded to `size` bytes.
void append_payload(std::string& out, const Payload& payload, std::size_t size);

/// The payload that stands somewhere in `text`, as it was written or within something around it; nothing where there is
/// none.
[[nodiscard]] std::optional<Payload> find_payload(std::string_view text);

/// As find_payload, and takes off `text` what it read, up to behind the payload or its end.
[[nodiscard]] std::optional<Payload> take_payload(std::string_view& text);

}  // namespace taskwire::bench
