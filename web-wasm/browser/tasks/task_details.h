#pragma once

#include "browser/dom.h"
#include "view/details.h"
#include "view/task.h"

namespace taskwire::browser {

/// The details below a task's row; they leave the page with this. Not thread-safe.
class TaskDetails {
 public:
  explicit TaskDetails(const val& row);
  ~TaskDetails();
  TaskDetails(const TaskDetails&) = delete;
  TaskDetails& operator=(const TaskDetails&) = delete;

  void draw(const view::Task& task, const view::Details::Entry& entry);

 private:
  val node_;
  Text id_, created_, started_, finished_, hint_, params_, result_;
  Attribute params_hidden_, result_hidden_, forget_hidden_;
};

}  // namespace taskwire::browser
