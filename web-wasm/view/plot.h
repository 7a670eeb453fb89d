#pragma once

#include <span>
#include <string>

namespace taskwire::view {

/// A line through readings, the newest at the right, in a picture of `kPlotWidth` by `kPlotHeight`.
struct Plot {
  std::string points;  ///< Of an SVG polyline: `58,40 59,36`; empty without readings.
  std::string text;    ///< The same in words: `12 readings, 62 to 84 bpm`.
};

/// One unit to the right of each reading but the last.
inline constexpr int kPlotWidth = 59;
inline constexpr int kPlotHeight = 60;

/// Of at most `kPlotWidth` + 1 readings, oldest first. The scale spans 50 to 120, and more where a reading lies beyond.
[[nodiscard]] Plot plot(std::span<const int> readings);

}  // namespace taskwire::view
