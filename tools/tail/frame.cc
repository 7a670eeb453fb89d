#include "tail/frame.h"

#include <algorithm>

#include "tail/bar.h"

namespace taskwire::tail {
namespace {

using Tasks = std::vector<const view::Task*>;
using Filter = view::Board::Filter;

constexpr int kMostNameColumns = 24;  // longer names push what follows aside

/// The unfinished tasks, then the others, the newest first; of each kind as many as the board shows.
Tasks most_wanted(view::Board& board) {
  board.set_filter(Filter::active);
  Tasks tasks = board.shown();
  board.set_filter(Filter::all);
  const Tasks newest = board.shown();
  std::copy_if(newest.begin(), newest.end(), std::back_inserter(tasks),
               [](const view::Task* task) { return task->has_ended(); });
  return tasks;
}

bool is_older(const view::Task* a, const view::Task* b) {
  return std::pair(a->created.value_or(view::Time()), a->id) < std::pair(b->created.value_or(view::Time()), b->id);
}

std::string summary_of_rest(const view::Board& board, const Tasks& shown) {
  struct Kind {
    Filter filter;
    std::string_view name;
  };
  std::string counts;
  for (const auto& kind : {Kind{Filter::active, "unfinished"}, Kind{Filter::succeeded, "succeeded"},
                           Kind{Filter::failed, "failed"}, Kind{Filter::cancelled, "cancelled"}}) {
    const auto is_of_kind = [&](const view::Task* task) {
      return task->has_ended() ? view::state_name(task->state) == kind.name : kind.filter == Filter::active;
    };
    const auto here = static_cast<std::size_t>(std::count_if(shown.begin(), shown.end(), is_of_kind));
    const auto rest = board.count(kind.filter) - here;
    if (rest > 0) counts.append(counts.empty() ? "" : ", ").append(std::to_string(rest)).append(" ").append(kind.name);
  }
  return "more: " + counts;
}

}  // namespace

std::vector<std::string> task_lines(view::Board& board, view::Time server_now, int columns, std::size_t lines,
                                    Style style) {
  Tasks tasks = most_wanted(board);
  const bool is_one_user =
      std::all_of(tasks.begin(), tasks.end(), [&](const view::Task* task) { return task->user == tasks[0]->user; });
  const bool is_rest = board.count(Filter::all) > std::min(tasks.size(), lines);
  tasks.resize(std::min(tasks.size(), is_rest ? std::max<std::size_t>(lines, 1) - 1 : lines));
  const std::string rest = is_rest ? summary_of_rest(board, tasks) : std::string();
  std::sort(tasks.begin(), tasks.end(), is_older);
  std::vector<view::Task> rows;
  int name_columns = 0;
  for (const auto* task : tasks) {
    auto& row = rows.emplace_back(*task);
    if (!is_one_user) row.name = row.user + '/' + row.name;
    name_columns = std::max(name_columns, columns_of(printable(row.name)));
  }
  std::vector<std::string> out;
  out.reserve(rows.size() + 1);
  for (const auto& row : rows)
    out.push_back(task_line(row, server_now, columns, std::min(name_columns, kMostNameColumns), style));
  if (is_rest && lines > 0) out.push_back(coloured(fit(rest, columns, style), "2", style));
  return out;
}

}  // namespace taskwire::tail
