#pragma once

#include <chrono>
#include <functional>
#include <google/protobuf/struct.pb.h>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "tasks/type_policy.h"
#include "taskwire/v1/task.pb.h"

namespace taskwire::engine {

/// Why an attempt is to end before its work is done.
enum class StopReason {
  cancelled,      ///< Somebody asked for it.
  time_limit,     ///< It has run as long as it may.
  shutting_down,  ///< The engine stops; what becomes of the task is settled when it starts again.
  superseded,     ///< Its task has ended, is gone, or has come to another attempt: nothing of this one counts any more.
};

/// What a running attempt knows and can do. Thread-safe.
class TaskContext {
 public:
  virtual ~TaskContext() = default;
  /// The task as it began to run, with its params: valid by the type's schema, defaults filled in.
  [[nodiscard]] virtual const v1::Task& task() const = 0;
  /// Says how far it has come. Cheap: reports are paced, the latest wins. `percent` is ignored, unless the type
  /// `reports_whole`.
  virtual void report(v1::Progress progress) = 0;
  /// Something else was heard of it: it is not silent. Cheap.
  virtual void hear() = 0;
  /// Sends `text`, at most 61,440 bytes, to the task's owner: an event without type on `messages/{owner}`. Not paced:
  /// each one is sent once, in order, and committed when this returns, however long the store takes. False, and nothing
  /// is sent, as soon as `is_stopped` or when the attempt was overtaken.
  [[nodiscard]] virtual bool tell(std::string text) = 0;
  /// Why to end soon; nothing as long as there is no reason to. The first reason stays.
  [[nodiscard]] virtual std::optional<StopReason> stop_reason() const = 0;
  [[nodiscard]] bool is_stopped() const { return stop_reason().has_value(); }
  /// Whether the engine itself stops, for whatever other reason this is to stop: there are only seconds left.
  [[nodiscard]] virtual bool is_shutting_down() const = 0;
  /// Calls `tell`, on any thread, as soon as `is_stopped`, and with each further reason; it must be short, and must not
  /// call back. One at a time.
  virtual void on_stop(std::function<void()> tell) = 0;
  /// Waits; false as soon as `is_stopped`.
  [[nodiscard]] virtual bool wait_for(std::chrono::nanoseconds time) = 0;
};

/// A kind of task. Immutable. Thread-safe.
class TaskType {
 public:
  virtual ~TaskType() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// For people.
  [[nodiscard]] virtual std::string_view description() const = 0;
  /// A JSON Schema of the params, in the part of it that `check_params` knows.
  [[nodiscard]] virtual std::string_view params_schema() const = 0;
  /// What params must be beside what the schema says; `INVALID_PARAMS`, naming the parameter and the mend.
  [[nodiscard]] virtual Result<void> check(const google::protobuf::Struct& params) const {
    (void)params;
    return {};
  }
  /// Whether its reports are whole, and their texts clean, as those of workers are: `set_progress` takes them.
  [[nodiscard]] virtual bool reports_whole() const { return false; }
  /// Whether it is run again after the engine stopped in the middle of it; else it fails.
  [[nodiscard]] virtual bool runs_again() const { return false; }
  /// How its tasks are run. Always the same.
  [[nodiscard]] virtual TypePolicy policy() const { return {}; }
  /// Whether an attempt that failed for `reason`, of its own or `time_limit`, may do better the next time.
  [[nodiscard]] virtual bool is_passing(Reason reason) const {
    (void)reason;
    return false;
  }
  /// Does the work, on a thread of its own, and answers the result; an error becomes the task's, `stopped()` once it
  /// notices `is_stopped`.
  [[nodiscard]] virtual Result<google::protobuf::Struct> run(TaskContext& context) const = 0;
};

[[nodiscard]] inline tl::unexpected<Error> stopped() {
  return refuse(Reason::cancelled, "the task was asked to stop");
}

}  // namespace taskwire::engine
