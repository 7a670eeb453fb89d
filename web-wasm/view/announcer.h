#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "view/clock.h"
#include "view/task.h"

namespace taskwire::view {

/// What a screen reader is told: summaries, at most one in `kPace`. Not thread-safe.
class Announcer {
 public:
  static constexpr Millis kPace{5'000};

  /// A task ended.
  void ended(const Task& task);
  /// Something else than before holds up a task: its mark, as `mark_of`; empty: nothing any more.
  void held_up(const Task& task, std::string_view mark);
  /// Something of the page itself; a later one takes the place of an earlier one.
  void say(std::string text) { said_ = std::move(text); }
  /// Forgets what has not been told.
  void clear();

  /// What to tell now, if anything; never the same as the last time, for a screen reader tells only what changes.
  [[nodiscard]] std::optional<std::string> take(Time now);
  /// When there will be something to tell, if anything waits.
  [[nodiscard]] std::optional<Time> deadline() const;

 private:
  [[nodiscard]] bool is_empty() const { return said_.empty() && held_up_.empty() && ended_ == 0; }
  [[nodiscard]] std::string summary() const;
  [[nodiscard]] std::string held_up_summary() const;
  [[nodiscard]] std::string ended_summary() const;

  std::string told_;
  std::string said_;
  std::map<std::string, std::string> held_up_;  // what to say of it, by id
  std::string last_name_;
  TaskState last_state_ = TaskState::unknown;
  int ended_ = 0;
  int failed_ = 0;
  Time told_at_{};
};

}  // namespace taskwire::view
