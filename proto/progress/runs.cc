#include "progress/runs.h"

#include <algorithm>

#include "progress/scan.h"

namespace taskwire::progress {

double Count::fraction() const {
  if (done && total && *total > 0) return static_cast<double>(*done) / static_cast<double>(*total);
  return percent.value_or(0) / 100.0;
}

bool is_anew(double before, double now) {
  return before >= 0.95 && now <= 0.2;
}

std::uint64_t key_of(std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325U;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash;
}

Runs::Run& Runs::find(std::uint64_t key, std::string_view name, double fraction) {
  const auto known = std::find_if(runs_.rbegin(), runs_.rend(), [&](const Run& run) { return run.key == key; });
  if (known != runs_.rend()) {
    // A bar within another begins anew again and again: that is no part of its own.
    const bool is_last = known == runs_.rbegin();
    if (!is_last || !is_anew(known->fraction, fraction)) return *known;
  }
  for (auto& run : runs_) {
    if (kind_ == Kind::phases || run.fraction >= 0.95) run.step.state = StepState::done;
  }
  if (runs_.size() == Progress::kMaxSteps) {
    const auto done =
        std::find_if(runs_.begin(), runs_.end(), [](const Run& run) { return run.step.state == StepState::done; });
    runs_.erase(done == runs_.end() ? runs_.begin() : done);
  }
  ++begun_;
  auto text = name.empty() ? "Part " + std::to_string(begun_) : clean(name, Progress::kMaxName);
  runs_.push_back({key, {std::move(text), StepState::running, {}, {}}, fraction});
  return runs_.back();
}

void Runs::tell(std::uint64_t key, std::string_view name, const Count& count, Progress& progress) {
  auto& run = find(key, name, count.fraction());
  run.fraction = count.fraction();
  const bool has_counts = count.done.has_value();
  run.step.done = has_counts ? count.done : std::optional<std::int64_t>(count.percent);
  run.step.total = has_counts ? count.total : count.percent ? std::optional<std::int64_t>(100) : std::nullopt;
  run.step.state = run.fraction >= 1 && kind_ == Kind::parts ? StepState::done : StepState::running;

  progress.stage = clean(name, Progress::kMaxText);
  progress.unit = clean(count.unit, Progress::kMaxName);
  progress.done = count.done;
  progress.total = count.total;
  progress.percent = count.percent;
  progress.indeterminate = false;
  progress.steps.clear();
  if (kind_ == Kind::parts && runs_.size() == 1) return;
  progress.done = run.step.done;
  progress.total = run.step.total;
  progress.percent.reset();
  progress.indeterminate = true;
  for (const auto& each : runs_) progress.steps.push_back(each.step);
}

}  // namespace taskwire::progress
