#include "browser/tasks/task_list.h"

#include <algorithm>
#include <set>

namespace taskwire::browser {
namespace {

using Filter = view::Board::Filter;

struct NamedFilter {
  Filter filter;
  const char* name;
};
constexpr std::array kFilters = {NamedFilter{Filter::all, "all"}, NamedFilter{Filter::active, "active"},
                                 NamedFilter{Filter::succeeded, "succeeded"}, NamedFilter{Filter::failed, "failed"},
                                 NamedFilter{Filter::cancelled, "cancelled"}};

val child_of(const char* id, const char* selector) {
  return call(element(id), "querySelector", selector);
}

}  // namespace

TaskList::TaskList()
    : list_(element("task-list")),
      placeholder_hidden_(element("placeholder"), "hidden"),
      placeholder_busy_(element("placeholder"), "data-busy"),
      placeholder_title_(child_of("placeholder", "strong")),
      placeholder_hint_(child_of("placeholder", "p")),
      more_(element("more")) {
  for (const auto& [filter, name] : kFilters) {
    const val button = child_of("filters", std::string("[data-filter=").append(name).append("]").c_str());
    filters_.push_back({filter, Attribute(button, "aria-pressed"), Text(get(button, "lastElementChild"))});
  }
}

void TaskList::draw(view::Dashboard& dashboard, view::Time now) {
  auto& board = dashboard.board();
  if (board.take_order_changed()) {
    arrange(board.shown(), dashboard, now);
    for (auto& [filter, pressed, count] : filters_) {
      pressed.set(filter == board.filter() ? "true" : "false");
      count.set(std::to_string(board.count(filter)));
    }
    const auto hidden = board.count(board.filter()) - rows_.size();
    if (hidden == 0 && has_focus(more_.node())) move_focus(element("tasks-title"));
    more_.set_or_hide(hidden > 0 ? "Show more (" + std::to_string(hidden) + " left)" : std::string());
  }
  for (const auto& id : board.take_changed()) {
    const auto row = rows_.find(id);
    const auto* const task = board.find(id);
    if (row != rows_.end() && task != nullptr) row->second->draw(*task, dashboard, now);
  }
  const auto placeholder = dashboard.placeholder();
  placeholder_hidden_.toggle(!placeholder);
  if (!placeholder) return;
  placeholder_title_.set(placeholder->title);
  placeholder_hint_.set(placeholder->hint);
  placeholder_busy_.toggle(placeholder->is_busy);
}

void TaskList::arrange(const std::vector<const view::Task*>& tasks, const view::Dashboard& dashboard, view::Time now) {
  drop_rows_but(tasks);
  val next = get(list_, "firstElementChild");
  for (const auto* task : tasks) {
    auto& row = rows_[task->id];
    if (!row) {
      row = std::make_unique<TaskRow>(*task);
      row->draw(*task, dashboard, now);
    }
    // Rows never change places among themselves, so a row that is there already is not moved and keeps the focus.
    if (next.strictlyEquals(row->node())) {
      next = get(next, "nextElementSibling");
    } else {
      call(list_, "insertBefore", row->node(), next);
    }
  }
}

void TaskList::drop_rows_but(const std::vector<const view::Task*>& tasks) {
  std::set<std::string_view> kept;
  for (const auto* task : tasks) kept.insert(task->id);
  for (auto row = rows_.begin(); row != rows_.end();) {
    if (kept.contains(row->first)) {
      ++row;
      continue;
    }
    const val& node = row->second->node();
    if (has_focus(node)) move_focus(element("tasks-title"));
    call(node, "remove");
    row = rows_.erase(row);
  }
}

std::optional<Filter> filter_named(std::string_view name) {
  const auto* const found =
      std::find_if(kFilters.begin(), kFilters.end(), [&](const auto& f) { return f.name == name; });
  return found == kFilters.end() ? std::nullopt : std::optional(found->filter);
}

}  // namespace taskwire::browser
