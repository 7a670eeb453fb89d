#include "view/plot.h"

#include <algorithm>

namespace taskwire::view {
namespace {

constexpr int kUsualLow = 50;
constexpr int kUsualHigh = 120;

}  // namespace

Plot plot(std::span<const int> readings) {
  if (readings.empty()) return {{}, "No readings yet"};
  const auto [low, high] = std::minmax_element(readings.begin(), readings.end());
  const int bottom = std::min(*low, kUsualLow);
  const int top = std::max(*high, kUsualHigh);
  Plot plot;
  int x = kPlotWidth + 1 - static_cast<int>(readings.size());
  for (const int reading : readings) {
    if (!plot.points.empty()) plot.points += ' ';
    const int y = (top - reading) * kPlotHeight / (top - bottom);
    plot.points.append(std::to_string(x++)).append(",").append(std::to_string(y));
  }
  plot.text = std::to_string(readings.size()) + (readings.size() == 1 ? " reading, " : " readings, ");
  plot.text += std::to_string(*low) + " to " + std::to_string(*high) + " bpm";
  return plot;
}

}  // namespace taskwire::view
