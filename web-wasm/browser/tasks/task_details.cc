#include "browser/tasks/task_details.h"

#include <string>

namespace taskwire::browser {
namespace {

/// In the reader's own language and time zone.
std::string local_text(const std::optional<view::Time>& time) {
  if (!time) return "–";
  const auto ms = static_cast<double>(time->time_since_epoch().count());
  return call(global("Date").new_(ms), "toLocaleString").as<std::string>();
}

std::string hint_of(const view::Details::Entry& entry) {
  if (entry.is_loading) return "Loading…";
  return entry.problem;
}

}  // namespace

TaskDetails::TaskDetails(const val& row)
    : node_(copy_of("details-template")),
      id_(part(node_, "id")),
      created_(part(node_, "created")),
      started_(part(node_, "started")),
      finished_(part(node_, "finished")),
      hint_(part(node_, "hint")),
      params_(part(node_, "params")),
      result_(part(node_, "result")),
      params_hidden_(part(node_, "params-box"), "hidden"),
      result_hidden_(part(node_, "result-box"), "hidden"),
      forget_hidden_(part(node_, "forget"), "hidden") {
  call(row, "append", node_);
}

TaskDetails::~TaskDetails() {
  call(node_, "remove");
}

void TaskDetails::draw(const view::Task& task, const view::Details::Entry& entry) {
  id_.set(task.id);
  created_.set(local_text(task.created));
  started_.set(local_text(task.started));
  finished_.set(local_text(task.finished));
  hint_.set_or_hide(hint_of(entry));
  params_.set(entry.params);
  params_hidden_.toggle(entry.params.empty());
  result_.set(entry.result);
  result_hidden_.toggle(entry.result.empty());
  forget_hidden_.toggle(!task.has_ended());
}

}  // namespace taskwire::browser
