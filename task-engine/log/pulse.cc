#include "log/pulse.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "resume/topic.h"

namespace taskwire::engine {

Result<void> check_pulse(const std::string& type, const std::string& data) {
  constexpr int kLeastBpm = 20;
  constexpr int kMostBpm = 300;
  if (type != "pulse") return refuse(Reason::invalid_event_type, "channels/pulse takes only events of type pulse");
  const auto wrong = refuse(Reason::invalid_data, R"(a pulse is {"bpm":72,"userId":"alice"}, bpm whole and 20 to 300)");
  const auto pulse = nlohmann::json::parse(data, nullptr, false);
  if (!pulse.is_object() || pulse.size() != 2) return wrong;
  const auto bpm = pulse.find("bpm");
  const auto user = pulse.find("userId");
  if (bpm == pulse.end() || !bpm->is_number() || *bpm != std::floor(bpm->get<double>()) || *bpm < kLeastBpm ||
      *bpm > kMostBpm)
    return wrong;
  if (user == pulse.end() || !user->is_string() || !is_name(user->get_ref<const std::string&>())) return wrong;
  return {};
}

}  // namespace taskwire::engine
