#include "view/board.h"

#include <algorithm>
#include <utility>

namespace taskwire::view {
namespace {

bool matches(TaskState state, Board::Filter filter) {
  switch (filter) {
    case Board::Filter::all:
      return true;
    case Board::Filter::active:
      return state != TaskState::succeeded && state != TaskState::failed && state != TaskState::cancelled;
    case Board::Filter::succeeded:
      return state == TaskState::succeeded;
    case Board::Filter::failed:
      return state == TaskState::failed;
    case Board::Filter::cancelled:
      return state == TaskState::cancelled;
  }
  return false;
}

std::size_t index(TaskState state) {
  return static_cast<std::size_t>(state);
}

Time age_key(const Task& task) {
  return task.created.value_or(task.updated.value_or(Time()));
}

}  // namespace

bool Board::apply(Task task) {
  const auto [found, is_new] = rows_.try_emplace(task.id);
  Row& row = found->second;
  if (!is_new && !is_newer(task.cursor, row)) return false;
  if (!is_new) --counts_[index(row.task.state)];
  ++counts_[index(task.state)];
  is_order_changed_ |= is_new || task.state != row.task.state;
  row.task = std::move(task);
  row.round = round_;
  if (is_new) insert(row);
  mark(row);
  return true;
}

bool Board::remove(const TaskDeleted& deleted) {
  const auto row = rows_.find(deleted.id);
  if (row == rows_.end() || !is_newer(deleted.cursor, row->second)) return false;
  erase(deleted.id);
  return true;
}

void Board::begin_anew() {
  ++round_;
  is_loading_ = true;
}

void Board::finish_anew() {
  std::vector<std::string> gone;
  for (const auto& [id, row] : rows_) {
    if (row.round != round_) gone.push_back(id);
  }
  for (const auto& id : gone) erase(id);
  is_loading_ = false;
  is_known_ = true;
}

void Board::clear() {
  *this = Board();
}

const Task* Board::find(const std::string& id) const {
  const auto row = rows_.find(id);
  return row == rows_.end() ? nullptr : &row->second.task;
}

std::size_t Board::count(Filter filter) const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < kTaskStates; ++i) {
    if (matches(static_cast<TaskState>(i), filter)) count += counts_[i];
  }
  return count;
}

void Board::set_filter(Filter filter) {
  if (filter == filter_) return;
  filter_ = filter;
  limit_ = kPage;
  is_order_changed_ = true;
}

void Board::show_more() {
  limit_ += kPage;
  is_order_changed_ = true;
}

std::vector<const Task*> Board::shown() const {
  std::vector<const Task*> tasks;
  for (const auto* row : order_) {
    if (tasks.size() == limit_) break;
    if (matches(row->task.state, filter_)) tasks.push_back(&row->task);
  }
  return tasks;
}

bool Board::take_order_changed() {
  return std::exchange(is_order_changed_, false);
}

std::vector<std::string> Board::take_changed() {
  for (const auto& id : changed_) {
    if (const auto row = rows_.find(id); row != rows_.end()) row->second.is_changed = false;
  }
  return std::exchange(changed_, {});
}

void Board::touch(const std::string& id) {
  if (const auto row = rows_.find(id); row != rows_.end()) mark(row->second);
}

bool Board::is_newer(const Cursor& cursor, const Row& row) const {
  return row.round != round_ || cursor.sequence > row.task.cursor.sequence;
}

void Board::insert(Row& row) {
  row.first_seen = ++seen_;
  const auto is_newer = [](const Row* a, const Row* b) {
    return std::pair(age_key(a->task), a->first_seen) > std::pair(age_key(b->task), b->first_seen);
  };
  order_.insert(std::upper_bound(order_.begin(), order_.end(), &row, is_newer), &row);
}

void Board::erase(const std::string& id) {
  const auto row = rows_.find(id);
  --counts_[index(row->second.task.state)];
  order_.erase(std::find(order_.begin(), order_.end(), &row->second));
  rows_.erase(row);
  is_order_changed_ = true;
}

void Board::mark(Row& row) {
  if (std::exchange(row.is_changed, true)) return;
  changed_.push_back(row.task.id);
}

}  // namespace taskwire::view
