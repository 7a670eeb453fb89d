#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tasks/counts.h"
#include "tasks/waiting.h"

namespace taskwire::engine {

/// Attempts that wait to run: the users with such take turns, and each one's go in the order in which they came, but
/// for those of a type that may not run now. Of each task one at most. Not thread-safe.
class TaskQueue {
 public:
  /// Which attempts may run.
  struct Room {
    std::function<bool(const std::string& type)> type;                           ///< Whoever's they are.
    std::function<bool(const std::string& user, const std::string& type)> user;  ///< As far as the user goes.
  };

  /// Puts an attempt at the end, instead of another one of its task. One that waits already keeps its place.
  void put(const Waiting& waiting);
  /// Takes out what waits of a task, if anything does.
  void drop(const std::string& task_id);
  /// Takes out the one that has waited longest, of those that may run, of the first user in turn who has such; who is
  /// passed over keeps the turn. Nothing where none may run. Looks at no more than the types that wait, and at the
  /// users for whom there is no room.
  [[nodiscard]] std::optional<Waiting> take(const Room& room);
  void clear();
  /// How many of its type are taken up to what waits of a task, itself included, if all may run and no more come; 0
  /// where nothing waits, or they are more than `most`, which bounds what is looked at.
  [[nodiscard]] std::size_t position(const std::string& task_id, std::size_t most) const;
  [[nodiscard]] bool holds(const std::string& task_id) const { return places_.contains(task_id); }
  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] std::size_t size(const std::string& user) const;
  [[nodiscard]] std::size_t of_type(const std::string& type) const { return by_type_.of(type); }

 private:
  using Line = std::map<std::uint64_t, AttemptId>;  // by place
  struct User {
    std::uint64_t turn;
    std::map<std::string, Line> lines;  // by type; none empty
    std::size_t size = 0;
  };
  using Users = std::unordered_map<std::string, User>;
  using Turns = std::map<std::uint64_t, Users::pointer>;
  struct Place {
    Users::pointer user;
    std::string type;
    std::uint64_t number;
  };

  [[nodiscard]] Users::pointer next_user(const Room& room) const;
  void to_the_end(Users::value_type& user);

  Users users_;                                    // nobody without something that waits
  std::map<std::string, Turns> turns_;             // by type, of the users of whom something waits; none empty
  std::unordered_map<std::string, Place> places_;  // by task
  Counts by_type_;
  std::uint64_t next_place_ = 0;
  std::uint64_t next_turn_ = 0;
};

}  // namespace taskwire::engine
