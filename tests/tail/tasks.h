#pragma once

#include <string>

#include "view/task.h"

namespace taskwire::tail {

/// A task of alice, made `age` seconds after another one of age 0.
inline view::Task make_task(const std::string& id, view::TaskState state, int percent, int age = 0) {
  view::Task task;
  task.id = id;
  task.user = "alice";
  task.name = "Data " + id;
  task.state = state;
  task.cursor = {"e1", age + 1};
  task.percent = percent;
  task.done = percent * 10;
  task.total = 1000;
  task.unit = "items";
  task.created = view::Time(std::chrono::seconds(1000 + age));
  return task;
}

}  // namespace taskwire::tail
