#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "view/task.h"

namespace taskwire::view {

/// One user's tasks as a stream tells them, newest first, and what of them has to be drawn again.
///
/// Invariants:
///  1. A task's events are taken in order: what is not newer than its row changes nothing.
///  2. After a reset every row is older than all that follows, and a row that was not sent again by `synced` goes.
///
/// Not thread-safe.
class Board {
 public:
  enum class Filter { all, active, succeeded, failed, cancelled };

  /// Rows that are shown until `show_more`.
  static constexpr std::size_t kPage = 50;

  /// Takes a task's state; false where it is not newer than what is known.
  bool apply(Task task);
  /// Forgets a task; false where that is not newer than what is known, or nothing is.
  bool remove(const TaskDeleted& deleted);
  /// A `reset`: rows stay to be looked at until they are confirmed or dropped.
  void begin_anew();
  /// A `synced`: drops what was not confirmed.
  void finish_anew();
  /// Forgets everything.
  void clear();

  /// Nothing where there is no such task. Valid until the next change.
  [[nodiscard]] const Task* find(const std::string& id) const;
  [[nodiscard]] std::size_t count(Filter filter) const;
  /// Tasks that have not ended.
  [[nodiscard]] std::size_t running() const { return count(Filter::active); }
  /// Between `reset` and `synced`.
  [[nodiscard]] bool is_loading() const { return is_loading_; }
  /// What is here has been complete once.
  [[nodiscard]] bool is_known() const { return is_known_; }

  void set_filter(Filter filter);
  [[nodiscard]] Filter filter() const { return filter_; }
  void show_more();

  /// The tasks to show, newest first; valid until the next change.
  [[nodiscard]] std::vector<const Task*> shown() const;

  /// Whether other tasks than before are shown, or in another order; false when asked again.
  [[nodiscard]] bool take_order_changed();
  /// The tasks whose content changed, each once, some perhaps gone; empty when asked again.
  [[nodiscard]] std::vector<std::string> take_changed();
  /// Marks a row as changed, if there is one.
  void touch(const std::string& id);

 private:
  struct Row {
    Task task;
    std::uint64_t first_seen = 0;
    std::uint64_t round = 0;  // of the last reset after which it was sent
    bool is_changed = false;
  };

  [[nodiscard]] bool is_newer(const Cursor& cursor, const Row& row) const;
  void insert(Row& row);
  void erase(const std::string& id);
  void mark(Row& row);

  std::map<std::string, Row> rows_;
  std::vector<const Row*> order_;
  std::vector<std::string> changed_;
  std::array<std::size_t, kTaskStates> counts_{};
  std::uint64_t seen_ = 0;
  std::uint64_t round_ = 0;
  std::size_t limit_ = kPage;
  Filter filter_ = Filter::all;
  bool is_loading_ = false;
  bool is_known_ = false;
  bool is_order_changed_ = true;
};

}  // namespace taskwire::view
