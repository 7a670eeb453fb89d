#pragma once

#include <cstdint>
#include <deque>
#include <functional>
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
    std::string topic;         ///< Where it came from; empty where there is only one place.
    std::uint64_t number = 0;  ///< Given by the log, rising.
  };

  static constexpr std::size_t kMostEntries = 500;

  /// Of more than `most` entries the oldest goes.
  explicit EventLog(std::size_t most = kMostEntries) : most_(most) {}

  void add(Entry entry);
  void clear();
  /// Takes back the newest `count` entries, of those still kept.
  void forget_newest(std::size_t count);
  /// The same of those that `is_meant`.
  void forget_newest(std::size_t count, const std::function<bool(const Entry&)>& is_meant);

  /// Holds what is shown; what arrives is kept beside.
  void pause();
  void resume();
  void toggle_pause() { is_paused_ ? resume() : pause(); }
  [[nodiscard]] bool is_paused() const { return is_paused_; }
  /// Entries that match the filter and arrived since the pause (of those still kept).
  [[nodiscard]] std::size_t held_back() const;

  /// Shows only what contains `text` in type, id, text or topic; ASCII letters count alike in both cases.
  void set_filter(std::string_view text);

  /// What is to be shown of what has a number above `after`, newest first. Valid until the next change.
  [[nodiscard]] std::vector<const Entry*> shown(std::uint64_t after = 0) const;
  /// Changes whenever everything has to be drawn anew.
  [[nodiscard]] int revision() const { return revision_; }
  [[nodiscard]] bool is_empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t most() const { return most_; }

 private:
  [[nodiscard]] bool matches(const Entry& entry) const;

  std::size_t most_;
  std::deque<Entry> entries_;
  std::deque<Entry> held_;  // what is shown while paused
  std::string filter_;      // in lower case
  std::uint64_t count_ = 0;
  std::uint64_t paused_after_ = 0;
  int revision_ = 0;
  bool is_paused_ = false;
};

}  // namespace taskwire::view
