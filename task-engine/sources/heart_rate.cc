#include "sources/heart_rate.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "text/time_text.h"

namespace taskwire::engine {
namespace {

constexpr int kLeast = 55;
constexpr int kMost = 110;
constexpr int kResting = 75;
constexpr std::uint64_t kDifferences = 7;  // -3 to 3

}  // namespace

std::optional<v1::PublishRequest> HeartRate::read(SystemTime now) {
  const int step = static_cast<int>(random_() % kDifferences) - static_cast<int>(kDifferences / 2);
  const int pull = (kResting - rate_) / 12;  // without it a walk lingers at its bounds
  rate_ = std::clamp(rate_ + step + pull, kLeast, kMost);
  v1::PublishRequest event;
  event.set_topic("channels/heart-rate");
  event.set_type("heartRate");
  event.set_data(nlohmann::ordered_json{{"rate", rate_}, {"timestamp", time_text(now)}}.dump());
  return event;
}

}  // namespace taskwire::engine
