#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "tasks/reporter.h"
#include "tasks/waiting.h"
#include "taskwire/v1/task.pb.h"

namespace taskwire::engine {

/// What one attempt is done under by a worker outside.
struct Lease {
  /// Only while it is live its worker can report, and does it end by itself.
  enum class State {
    beginning,  ///< Whether the attempt begins is being written.
    live,
    ending,  ///< How the attempt ends is being written.
  };
  /// What ends a live one by itself.
  enum class End { lost, time_limit, cancel_ignored };

  std::string token;
  Waiting what;
  std::string worker;
  State state = State::beginning;
  SteadyTime until;                      ///< Unless it is renewed.
  std::optional<SteadyTime> time_limit;  ///< When the attempt has run as long as it may.
  std::optional<SteadyTime>
      cancel_until;                    ///< When a cancel has been ignored for long enough; set when it was asked for.
  v1::Progress progress;               ///< As it was told last.
  bool is_unwanted = false;            ///< It was given back while it was beginning.
  std::int64_t output_next = 0;        ///< Where its output goes on, as far as is known.
  std::shared_ptr<Reporter> reporter;  ///< Of a live or ending one.
  /// Whether a report was refused, since the attempt is over.
  const std::shared_ptr<std::atomic<bool>> is_over = std::make_shared<std::atomic<bool>>(false);

  /// When it ends by itself, and why.
  [[nodiscard]] std::pair<SteadyTime, End> end() const;
};

/// The leases that are held. Whoever changes what `Lease::end` says of one calls `update`. Not thread-safe.
class Leases {
 public:
  using Ptr = std::shared_ptr<Lease>;

  void add(const Ptr& lease);
  /// Null where it is not held.
  [[nodiscard]] Ptr find(const std::string& token) const;
  [[nodiscard]] Ptr find(const AttemptId& attempt) const;
  /// Of every attempt of a task up to that one.
  [[nodiscard]] std::vector<Ptr> of_task(const std::string& task_id, int through) const;
  void remove(const Ptr& lease);
  void update(const Ptr& lease);
  /// The live ones that end by themselves by then.
  [[nodiscard]] std::vector<Ptr> due(SteadyTime now) const;
  /// When the first live one does.
  [[nodiscard]] std::optional<SteadyTime> first_due() const;
  [[nodiscard]] std::vector<Ptr> all() const;

  [[nodiscard]] std::size_t size() const { return by_token_.size(); }

 private:
  using Due = std::pair<SteadyTime, std::string>;

  std::unordered_map<std::string, Ptr> by_token_;
  std::map<AttemptId, Ptr> by_attempt_;
  std::set<Due> due_;
  std::unordered_map<std::string, Due> places_;  // in `due_`, by token
};

}  // namespace taskwire::engine
