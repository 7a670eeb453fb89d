#pragma once

#include <string>
#include <vector>

#include "store/store.h"
#include "tasks/attempt_id.h"
#include "tasks/waiting.h"

namespace taskwire::engine {

/// What is done by workers outside the engine, as the scheduler sees it. None of it calls the scheduler back before it
/// returns. Thread-safe.
class OutsideWork {
 public:
  virtual ~OutsideWork() = default;

  /// Whether somebody waits for work of `type` that may have another.
  [[nodiscard]] virtual bool may_run(const std::string& type) = 0;
  /// The same, as far as `user` goes.
  [[nodiscard]] virtual bool may_run(const std::string& user, const std::string& type) = 0;
  /// Gives an attempt to whoever has waited longest for its type; false where nobody does any more.
  [[nodiscard]] virtual bool give(const Waiting& waiting) = 0;
  /// Nothing more is given for now.
  virtual void hand_over() = 0;

  /// Whether an attempt was given, and is not known to have ended.
  [[nodiscard]] virtual bool is_running(const AttemptId& id) = 0;
  /// All of them that are known to have begun.
  [[nodiscard]] virtual std::vector<AttemptId> running() = 0;
  /// An attempt was asked to stop.
  virtual void cancel(const AttemptId& id) = 0;
  /// No attempt of a task up to that one counts any more.
  virtual void supersede(const std::string& task_id, int through) = 0;
  /// Takes up what the store knows to be under way, by leases and the tasks that are held under them.
  virtual void take_up(const std::vector<KeptLease>& leases, const std::vector<v1::Task>& tasks) = 0;

  /// Whether work of `type` is under way.
  [[nodiscard]] virtual bool is_in_use(const std::string& type) = 0;
  /// Whether there is anybody who does such work.
  [[nodiscard]] virtual bool has_workers(const std::string& type) = 0;
};

}  // namespace taskwire::engine
