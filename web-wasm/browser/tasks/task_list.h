#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>

#include "browser/tasks/task_row.h"
#include "view/dashboard.h"

namespace taskwire::browser {

/// The tasks with their filter. Not thread-safe.
class TaskList {
 public:
  TaskList();

  void draw(view::Dashboard& dashboard, view::Time now);

 private:
  struct FilterButton {
    view::Board::Filter filter;
    Attribute pressed;
    Text count;
  };

  void arrange(const std::vector<const view::Task*>& tasks, const view::Dashboard& dashboard, view::Time now);
  void drop_rows_but(const std::vector<const view::Task*>& tasks);

  val list_;
  std::map<std::string, std::unique_ptr<TaskRow>> rows_;
  std::vector<FilterButton> filters_;
  Attribute placeholder_hidden_, placeholder_busy_;
  Text placeholder_title_, placeholder_hint_;
  Text more_;
};

/// What a filter is called in the page.
[[nodiscard]] std::optional<view::Board::Filter> filter_named(std::string_view name);

}  // namespace taskwire::browser
