#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/store.h"

namespace taskwire::engine {

/// What a store has to hold, in memory and told as plainly as can be. A value; copies share the events' bytes.
struct Model {
  struct Event {
    std::string topic;
    std::string key;  ///< Empty: none.
    bool deletion = false;
    std::shared_ptr<const std::string> bytes;  ///< Without cursors.

    friend bool operator==(const Event& a, const Event& b) {
      return a.topic == b.topic && a.key == b.key && a.deletion == b.deletion &&
             (a.bytes == b.bytes || *a.bytes == *b.bytes);
    }
  };
  /// What one attempt printed, of which all from `from` on is kept.
  struct Output {
    std::int64_t next = 0, place = 0, from = 0;
    std::string terminal;
    std::vector<std::pair<v1::OutputStream, std::string>> text;  ///< Neighbours are of different streams.

    void add(v1::OutputStream stream, const std::string& more);
    friend bool operator==(const Output&, const Output&) = default;
  };
  struct Task {
    std::string user;
    bool has_ended = false;
    Sequence first = 0;
    Sequence last = 0;
    std::string params, result;
    std::string attempts;           ///< As past_attempts() writes them; empty: none.
    std::string lease;              ///< Empty: none.
    std::map<int, Output> outputs;  ///< By attempt.

    friend bool operator==(const Task&, const Task&) = default;
  };
  /// Anything trimmed, and deletions trimmed.
  struct Trimmed {
    Sequence all = 0;
    Sequence deletions = 0;

    void raise(const Trimmed& to) {
      all = std::max(all, to.all);
      deletions = std::max(deletions, to.deletions);
    }
    friend bool operator==(const Trimmed&, const Trimmed&) = default;
  };
  struct Answer {
    std::string hash, answer;

    friend bool operator==(const Answer&, const Answer&) = default;
  };

  Sequence head = 0;
  std::map<Sequence, Event> events;
  std::map<std::string, Trimmed> topics;
  Trimmed common;  ///< Of topics that are not known.
  std::map<std::string, Task> tasks;
  std::map<std::pair<std::string, std::string>, Answer> answers;
  std::map<std::string, std::string> types;  ///< Their descriptions, by name.
  std::map<Sequence, std::int64_t> marks;    ///< When the log's head was there, in ms.
  std::int64_t noted_age = 0;
  std::int64_t noted_wall = 0;

  friend bool operator==(const Model&, const Model&) = default;

  void append(v1::Event event, SystemTime now);
  void put_task(const v1::Task& task, SystemTime now);
  void delete_task(const std::string& id, SystemTime now);
  std::size_t trim(const std::string& topic, Sequence through, Sequence deletions_through, std::size_t most);
  bool forget_topic(const std::string& topic);
  void note(std::int64_t age, std::int64_t wall, std::int64_t oldest);

  /// From now on `topic` has a row.
  void know(const std::string& topic);

  [[nodiscard]] Sequence written_by(std::int64_t age) const;
  [[nodiscard]] Floors floors(const std::string& topic) const;
  [[nodiscard]] Floors highest_floors() const;
  [[nodiscard]] std::int64_t bytes() const;
  /// By the place of their last event.
  [[nodiscard]] std::vector<std::string> open_tasks() const;
};

/// An event's bytes without what says where it lies.
[[nodiscard]] std::string bytes_of(v1::Event event);
/// A task's attempts before this one, in a v1::Task of nothing else, on the wire.
[[nodiscard]] std::string past_attempts(const v1::Task& task);

}  // namespace taskwire::engine
