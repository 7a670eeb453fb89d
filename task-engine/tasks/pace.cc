#include "tasks/pace.h"

#include <algorithm>
#include <cmath>

namespace taskwire::engine {
namespace {

constexpr std::size_t kMostSamples = 64;
constexpr int kFading = 64;                       // reports
constexpr std::chrono::milliseconds kApart{500};  // samples
constexpr double kSteady = 2;                     // so many times as fast in one half as in the other
constexpr std::chrono::hours kLongest{24 * 30};
constexpr double kPerCent = 100;

/// How much of the whole is done, where that is told.
std::optional<double> part_of(const v1::Progress& progress) {
  if (progress.indeterminate() || progress.condition() == v1::CONDITION_PAUSED) return std::nullopt;
  const bool is_counted = progress.steps().empty() && !progress.percent_is_told() && !progress.began_anew();
  if (is_counted && progress.total() > 0)
    return std::min(1.0, static_cast<double>(progress.done()) / static_cast<double>(progress.total()));
  if (progress.percent() == 0 && progress.total() == 0 && progress.steps().empty() && !progress.percent_is_told())
    return std::nullopt;
  return progress.percent() / kPerCent;
}

double seconds_between(SteadyTime from, SteadyTime to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

void Pace::note(const v1::Progress& progress, SteadyTime now) {
  hear(now);
  const auto part = part_of(progress);
  // What begins anew, or was corrected, has no rate yet.
  if (!part || (!samples_.empty() && *part < samples_.back().part)) samples_.clear();
  if (!part) return;
  const bool is_soon = samples_.size() > 1 && now - samples_[samples_.size() - 2].time < kApart;
  if (is_soon) samples_.pop_back();
  samples_.push_back({now, *part});
  while (samples_.size() > kMostSamples || now - samples_.front().time > kWindow) samples_.pop_front();
}

std::optional<std::chrono::seconds> Pace::left(SteadyTime now) const {
  if (samples_.size() < kLeastReports) return std::nullopt;
  const auto& first = samples_.front();
  const auto& last = samples_.back();
  if (last.part >= 1 || last.time - first.time < kLeast) return std::nullopt;
  const auto middle_time = first.time + (last.time - first.time) / 2;
  const auto middle =
      std::find_if(samples_.begin(), samples_.end(), [&](const Sample& sample) { return sample.time >= middle_time; });
  const auto rate = [](const Sample& from, const Sample& to) {
    const auto time = seconds_between(from.time, to.time);
    return time > 0 ? (to.part - from.part) / time : 0;
  };
  const auto before = rate(first, *middle);
  const auto after = rate(*middle, last);
  if (before <= 0 || after <= 0 || before > kSteady * after || after > kSteady * before) return std::nullopt;
  const auto all = rate(first, last);
  const auto seconds = (1 - last.part) / all - seconds_between(last.time, now);
  if (!std::isfinite(seconds) || seconds > std::chrono::duration<double>(kLongest).count()) return std::nullopt;
  return std::chrono::seconds(static_cast<std::int64_t>(std::llround(std::max(seconds, 0.0))));
}

void Pace::hear(SteadyTime now) {
  if (heard_ > 0) longest_ = std::max(now - last_heard_, longest_ - longest_ / kFading);
  ++heard_;
  last_heard_ = now;
}

std::optional<SteadyTime> Pace::stalled_at() const {
  if (heard_ < kLeastReports) return std::nullopt;
  return last_heard_ + std::max<SteadyTime::duration>(kHabit * longest_, kLeastSilence);
}

}  // namespace taskwire::engine
