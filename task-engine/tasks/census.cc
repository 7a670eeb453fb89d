#include "tasks/census.h"

#include "tasks/transitions.h"

namespace taskwire::engine {

void Census::take_in(const v1::Task& task) {
  const auto known = open_.find(task.task_id());
  if (known != open_.end()) {
    auto& [state, count] = known->second;
    --count->open[state];
    if (!has_ended(task.state())) {
      state = task.state();
      ++count->open[state];
    } else {
      ++count->ended[task.state()];
      open_.erase(known);
    }
  } else if (!has_ended(task.state())) {
    auto& count = count_of(task.type());
    ++count.open[task.state()];
    open_.emplace(task.task_id(), Open{task.state(), &count});
  }
}

void Census::forget_open() {
  open_.clear();
  for (auto& [type, count] : by_type_) count.open = {};
}

Census::Count& Census::count_of(const std::string& type) {
  if (const auto known = by_type_.find(type); known != by_type_.end()) return known->second;
  return by_type_[by_type_.size() < kMostTypes ? type : std::string(kOtherTypes)];
}

}  // namespace taskwire::engine
