#pragma once

#include <cstdint>

namespace taskwire::edge {

/// How a stream shows an event: as it is, or as a projection of a reading of the heart rate.
enum class Projection : std::uint8_t {
  whole,
  heart_rate_text,    ///< `Heart Rate: 75 bpm`
  heart_rate_number,  ///< `75`, with `retry: 60000`.
};

}  // namespace taskwire::edge
