#pragma once

#include <chrono>
#include <google/protobuf/struct.pb.h>
#include <string>
#include <string_view>

#include "base/error.h"
#include "taskwire/v1/task.pb.h"

namespace taskwire::engine {

/// What a running attempt knows and can do. Thread-safe.
class TaskContext {
 public:
  virtual ~TaskContext() = default;
  /// The task as it began to run, with its params: valid by the type's schema, defaults filled in.
  [[nodiscard]] virtual const v1::Task& task() const = 0;
  /// Says how far it has come. Cheap: reports are paced, the latest wins. `percent` is ignored.
  virtual void report(v1::Progress progress) = 0;
  /// Sends `text`, at most 61,440 bytes, to the task's owner: an event without type on `messages/{owner}`. Not paced:
  /// each one is sent once, in order, and committed when this returns, however long the store takes. False, and nothing
  /// is sent, as soon as `is_stopped` or when the attempt was overtaken.
  [[nodiscard]] virtual bool tell(std::string text) = 0;
  /// Whether to end soon: somebody cancelled, or the engine stops.
  [[nodiscard]] virtual bool is_stopped() const = 0;
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
  /// Whether it is run again after the engine stopped in the middle of it; else it fails.
  [[nodiscard]] virtual bool runs_again() const { return false; }
  /// Does the work, on a thread of its own, and answers the result; an error becomes the task's, `stopped()` once it
  /// notices `is_stopped`.
  [[nodiscard]] virtual Result<google::protobuf::Struct> run(TaskContext& context) const = 0;
};

[[nodiscard]] inline tl::unexpected<Error> stopped() {
  return refuse(Reason::cancelled, "the task was asked to stop");
}

}  // namespace taskwire::engine
