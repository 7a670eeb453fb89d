#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "errors/reason.h"

namespace taskwire::gate {

/// Why a connection is closed.
enum class Fault {
  none,
  not_http2,
  silent,  ///< It did not introduce itself in time.
  header_too_large,
  too_many_streams,
  streams_beyond_settings,
  too_many_bytes,
  too_many_resets,
  idle_frames,
  too_many_connections,
};
inline constexpr int kFaults = 10;

/// How a fault is told: a reason, and what was wrong and how to mend it.
struct FaultInfo {
  Reason reason = Reason::internal;
  std::string_view text;
};

[[nodiscard]] FaultInfo info(Fault fault);

/// `REASON: text`.
[[nodiscard]] std::string to_string(Fault fault);

/// The bytes of a GOAWAY that tells the fault (RFC 9113, 6.8); `last_stream` is the highest that was begun.
[[nodiscard]] std::string goaway(Fault fault, std::uint32_t last_stream);
/// The same where nothing was said before, behind the SETTINGS by which a server begins (RFC 9113, 3.4).
[[nodiscard]] std::string first_goaway(Fault fault);

}  // namespace taskwire::gate
