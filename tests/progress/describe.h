#pragma once

#include <string>

#include "progress/progress.h"

namespace taskwire::progress {

/// Progress in one line, for tests: `30% 15/50 file @stage "message" ? !paused {Counting done 3/3, …}`, where `?` is a
/// whole that is not known.
inline std::string describe(const Progress& progress) {
  const auto counts = [](const auto& of) {
    const auto text = [](const auto& count) { return count ? std::to_string(*count) : std::string("-"); };
    return of.done || of.total ? ' ' + text(of.done) + '/' + text(of.total) : std::string();
  };
  std::string out = progress.percent ? std::to_string(*progress.percent) + '%' : std::string();
  out += counts(progress);
  if (!progress.unit.empty()) out += ' ' + progress.unit;
  if (!progress.stage.empty()) out += " @" + progress.stage;
  if (!progress.message.empty()) out += " \"" + progress.message + '"';
  if (progress.indeterminate) out += " ?";
  constexpr const char* kConditions[] = {"", " !paused", " !warning", " !error"};
  out += kConditions[static_cast<int>(progress.condition)];
  constexpr const char* kStates[] = {"pending", "running", "done", "failed"};
  std::string steps;
  for (const auto& step : progress.steps)
    steps += (steps.empty() ? "" : ", ") + step.name + ' ' + kStates[static_cast<int>(step.state)] + counts(step);
  if (!steps.empty()) out += " {" + steps + '}';
  return out.starts_with(' ') ? out.substr(1) : out;
}

}  // namespace taskwire::progress
