#pragma once

#include <string>
#include <vector>

#include "browser/dom.h"
#include "browser/tasks/output_panel.h"
#include "view/details.h"
#include "view/task.h"

namespace taskwire::browser {

/// The details below a task's row; they leave the page with this. Not thread-safe.
class TaskDetails {
 public:
  TaskDetails(const val& row, const std::string& task_name);
  ~TaskDetails();
  TaskDetails(const TaskDetails&) = delete;
  TaskDetails& operator=(const TaskDetails&) = delete;

  void draw(const view::Task& task, const view::Details::Entry& entry, const view::OutputFeed* output);

 private:
  struct ShownStep {
    explicit ShownStep(const val& list);

    Attribute state, icon;
    Text name, word, amount;
  };

  void draw_steps(const std::vector<view::Step>& steps);

  val node_;
  Text id_, created_, started_, finished_, worker_, hint_, params_, result_;
  Attribute worker_hidden_, params_hidden_, result_hidden_, forget_hidden_;
  val steps_;
  Attribute steps_hidden_;
  std::vector<ShownStep> shown_steps_;
  OutputPanel output_;
};

}  // namespace taskwire::browser
