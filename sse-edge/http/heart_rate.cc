#include "http/heart_rate.h"

#include <nlohmann/json.hpp>

namespace taskwire::edge {

std::optional<int> heart_rate(const std::string& data) {
  const auto reading = nlohmann::json::parse(data, nullptr, false);
  if (!reading.is_object()) return std::nullopt;
  const auto rate = reading.find("rate");
  if (rate == reading.end() || !rate->is_number_integer()) return std::nullopt;
  return rate->get<int>();
}

std::string heart_rate_text(int rate) {
  return "Heart Rate: " + std::to_string(rate) + " bpm";
}

}  // namespace taskwire::edge
