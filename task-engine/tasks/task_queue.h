#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "tasks/attempt_id.h"

namespace taskwire::engine {

/// Attempts that wait to run: the users with such take turns, and each one's go in the order in which they came. Of
/// each task one at most. Not thread-safe.
class TaskQueue {
 public:
  struct Waiting {
    std::string user;
    AttemptId attempt;
  };

  /// Puts an attempt of a task of `user` at the end, instead of another one of its task. One that waits already keeps
  /// its place.
  void put(const std::string& user, const AttemptId& attempt);
  /// Takes out what waits of a task, if anything does.
  void drop(const std::string& task_id);
  /// Takes out the one that has waited longest of the user whose turn it is; those who `may_run` no other one are
  /// passed over and keep their turn. Nothing where none is left.
  [[nodiscard]] std::optional<Waiting> take(const std::function<bool(const std::string& user)>& may_run);
  void clear();
  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] std::size_t size(const std::string& user) const;

 private:
  struct User {
    std::string name;
    std::map<std::uint64_t, AttemptId> waiting;
  };
  using Turn = std::list<User>::iterator;
  struct Place {
    Turn turn;
    std::uint64_t number;
  };

  void leave(Turn turn, std::uint64_t number);

  std::list<User> turns_;  // who is next stands first; nobody without something that waits
  std::unordered_map<std::string, Turn> users_;
  std::unordered_map<std::string, Place> places_;  // by task
  std::uint64_t next_place_ = 0;
};

}  // namespace taskwire::engine
