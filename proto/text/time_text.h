#pragma once

#include <chrono>
#include <string>

namespace taskwire {

/// RFC 3339, UTC, milliseconds: `2026-01-02T10:30:45.123Z`. Years 0 to 9999.
[[nodiscard]] std::string time_text(std::chrono::system_clock::time_point time);

}  // namespace taskwire
