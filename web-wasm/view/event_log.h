#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "view/clock.h"

namespace taskwire::view {

/// The last events that arrived, to be looked at: bounded, filtered, and held still while paused. Not thread-safe.
class EventLog {
 public:
  struct Entry {
    Time at{};  ///< When it arrived.
    std::string type;
    std::string id;            ///< May be empty.
    std::string text;          ///< What it said, shortly.
    std::uint64_t number = 0;  ///< Given by the log, rising.
  };

  static constexpr std::size_t kMostEntries = 500;

  void add(Entry entry);
  void clear();

  /// Holds what is shown; what arrives is kept beside.
  void pause();
  void resume();
  void toggle_pause() { is_paused_ ? resume() : pause(); }
  [[nodiscard]] bool is_paused() const { return is_paused_; }
  /// Entries that match the filter and arrived since the pause (of those still kept).
  [[nodiscard]] std::size_t held_back() const;

  /// Shows only what contains `text` in type, id or text; ASCII letters count alike in both cases.
  void set_filter(std::string_view text);

  /// What is to be shown of what has a number above `after`, newest first. Valid until the next change.
  [[nodiscard]] std::vector<const Entry*> shown(std::uint64_t after = 0) const;
  /// Changes whenever everything has to be drawn anew.
  [[nodiscard]] int revision() const { return revision_; }
  [[nodiscard]] bool is_empty() const { return entries_.empty(); }

 private:
  [[nodiscard]] bool matches(const Entry& entry) const;

  std::deque<Entry> entries_;
  std::deque<Entry> held_;  // what is shown while paused
  std::string filter_;      // in lower case
  std::uint64_t count_ = 0;
  std::uint64_t paused_after_ = 0;
  int revision_ = 0;
  bool is_paused_ = false;
};

}  // namespace taskwire::view
