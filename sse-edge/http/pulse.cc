#include "http/pulse.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "http/proto_time.h"
#include "text/json_writer.h"

namespace taskwire::edge {
namespace {

constexpr std::size_t kMostListed = 100;

}  // namespace

void PulseStatistics::add(const v1::Event& event) {
  const auto pulse = nlohmann::json::parse(event.data(), nullptr, false);
  if (!pulse.is_object() || !pulse.contains("bpm") || !pulse.contains("userId")) return;
  const auto& bpm = pulse["bpm"];
  const auto& user = pulse["userId"];
  if (!bpm.is_number() || !user.is_string()) return;
  newest_.push_front({bpm.get<int>(), user.get<std::string>(), time_text(event.time())});
  if (newest_.size() > kMostListed) newest_.pop_back();
  const int value = newest_.front().bpm;
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = count_ == 0 ? value : std::max(max_, value);
  sum_ += value;
  ++count_;
}

std::string PulseStatistics::json() const {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("count", static_cast<std::int64_t>(count_));
  if (count_ == 0) {
    json.key("min").null().key("max").null().key("mean").null();
  } else {
    json.member("min", std::int64_t{min_})
        .member("max", std::int64_t{max_})
        .member("mean", sum_ / static_cast<double>(count_));
  }
  json.key("pulses").begin_array();
  for (const auto& pulse : newest_) {
    json.begin_object()
        .member("bpm", std::int64_t{pulse.bpm})
        .member("userId", pulse.user_id)
        .member("timestamp", pulse.timestamp)
        .end_object();
  }
  json.end_array().end_object();
  return text;
}

}  // namespace taskwire::edge
