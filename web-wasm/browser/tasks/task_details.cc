#include "browser/tasks/task_details.h"

#include <array>
#include <string>

#include "view/describe.h"

namespace taskwire::browser {
namespace {

struct Label {
  const char* part;
  const char* text;  // what the task's name follows
};
constexpr std::array kLabels = {Label{"output", "Output of "},
                                Label{"params", "Parameters of "},
                                Label{"result", "Result of "},
                                Label{"output-link", "As text: the output of "},
                                Label{"copy-id", "Copy the task id of "},
                                Label{"copy-params", "Copy the parameters of "},
                                Label{"copy-result", "Copy the result of "},
                                Label{"forget", "Forget this task: "}};

/// In the reader's own language and time zone.
std::string local_text(const std::optional<view::Time>& time) {
  if (!time) return "–";
  const auto ms = static_cast<double>(time->time_since_epoch().count());
  return call(global("Date").new_(ms), "toLocaleString").as<std::string>();
}

const char* icon_of(view::Step::State state) {
  constexpr std::array kIcons = {"#i-queued", "#i-running", "#i-succeeded", "#i-failed"};
  return kIcons.at(static_cast<std::size_t>(state));
}

/// Several details may be open: each says whose parts these are.
void name_parts(const val& details, const std::string& task_name) {
  for (const auto& [name, label] : kLabels) {
    set_attribute(part(details, name), "aria-label", std::string(label) + task_name);
  }
}

std::string hint_of(const view::Details::Entry& entry) {
  if (entry.is_loading) return "Loading…";
  return entry.problem;
}

}  // namespace

TaskDetails::TaskDetails(const val& row, const std::string& task_name)
    : node_(copy_of("details-template")),
      id_(part(node_, "id")),
      created_(part(node_, "created")),
      started_(part(node_, "started")),
      finished_(part(node_, "finished")),
      worker_(part(node_, "worker")),
      hint_(part(node_, "hint")),
      params_(part(node_, "params")),
      result_(part(node_, "result")),
      worker_hidden_(part(node_, "worker-box"), "hidden"),
      params_hidden_(part(node_, "params-box"), "hidden"),
      result_hidden_(part(node_, "result-box"), "hidden"),
      forget_hidden_(part(node_, "forget"), "hidden"),
      steps_(part(node_, "steps")),
      steps_hidden_(part(node_, "steps-box"), "hidden"),
      output_(node_) {
  name_parts(node_, task_name);
  call(row, "append", node_);
}

TaskDetails::~TaskDetails() {
  call(node_, "remove");
}

void TaskDetails::draw(const view::Task& task, const view::Details::Entry& entry, const view::OutputFeed* output) {
  id_.set(task.id);
  created_.set(local_text(task.created));
  started_.set(local_text(task.started));
  finished_.set(local_text(task.finished));
  worker_.set(entry.worker);
  worker_hidden_.toggle(entry.worker.empty());
  draw_steps(task.steps);
  if (output != nullptr) output_.draw(*output);
  hint_.set_or_hide(hint_of(entry));
  params_.set(entry.params);
  params_hidden_.toggle(entry.params.empty());
  result_.set(entry.result);
  result_hidden_.toggle(entry.result.empty());
  forget_hidden_.toggle(!task.has_ended());
}

TaskDetails::ShownStep::ShownStep(const val& list)
    : state(copy_of("step-template"), "data-state"),
      icon(part(state.element(), "icon"), "href"),
      name(part(state.element(), "name")),
      word(part(state.element(), "word")),
      amount(part(state.element(), "amount")) {
  call(list, "append", state.element());
}

void TaskDetails::draw_steps(const std::vector<view::Step>& steps) {
  steps_hidden_.toggle(steps.empty());
  for (; shown_steps_.size() > steps.size(); shown_steps_.pop_back()) {
    call(shown_steps_.back().state.element(), "remove");
  }
  while (shown_steps_.size() < steps.size()) shown_steps_.emplace_back(steps_);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    auto& shown = shown_steps_[i];
    const auto text = view::describe(steps[i]);
    shown.state.set(view::state_name(steps[i].state));
    shown.icon.set(icon_of(steps[i].state));
    shown.name.set(steps[i].name);
    shown.word.set(text.state);
    shown.amount.set_or_hide(text.amount);
  }
}

}  // namespace taskwire::browser
