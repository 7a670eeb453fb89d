#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "resume/cursor.h"

namespace taskwire::edge {

/// What an edge knows of one person's streams.
struct Presence {
  using Time = std::chrono::system_clock::time_point;

  std::string user_id;
  std::size_t connections = 0;  ///< 0: disconnected.
  Time connected_at;            ///< When the oldest open stream was opened; of a person who has gone, the last one.
  Time last_seen_at;            ///< When a reader of theirs last acknowledged anything, or left.
  std::optional<Cursor> last_event_id;  ///< The newest id up to which a stream of theirs is complete.
};

/// At most so many people are remembered, and told of.
inline constexpr std::size_t kMostPeople = 10'000;

/// Who is there and who was, of any number of streams, each once. Of those who are there it keeps kMostPeople, the
/// first in order of the names; of those who have gone, all that it is told of. Not thread-safe.
class People {
 public:
  using ByName = std::map<std::string, Presence>;

  /// Takes in what another stream, or another shard, knows of a person.
  void add(Presence one);
  [[nodiscard]] ByName& connected() { return connected_; }
  [[nodiscard]] const ByName& connected() const { return connected_; }
  /// Those of whom no stream is open.
  [[nodiscard]] const ByName& departed() const { return departed_; }

 private:
  ByName connected_, departed_;
};

/// Who has gone, the longest gone first; these are dropped first beyond kMostPeople. Confined to its shard's thread.
class Departed {
 public:
  void note(Presence person);
  [[nodiscard]] const std::list<Presence>& people() const { return people_; }

 private:
  std::list<Presence> people_;
  std::unordered_map<std::string, std::list<Presence>::iterator> by_user_;
};

/// The people whose tasks or messages `topics` carry, each once.
[[nodiscard]] std::vector<std::string_view> people_of(const std::vector<std::string_view>& topics);

/// Writes `{"sessions":[…]}`, a piece at a time: who is connected, in order of the names, then who has gone, the last
/// first; at most kMostPeople.
class SessionsWriter {
 public:
  /// `people` stays as it is until the end.
  explicit SessionsWriter(const People& people);

  /// Writes at most `count` people; answers whether there are more.
  bool write(std::size_t count);
  /// The text, once everything was written.
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::vector<const Presence*> order_;
  std::size_t next_ = 0;
  std::string text_;
};

}  // namespace taskwire::edge
