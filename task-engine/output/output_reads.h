#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/alarm.h"
#include "log/store_reads.h"
#include "taskwire/v1/worker_service.pb.h"

namespace taskwire::engine {

/// Who reads what tasks print, and waits for more of it. Thread-safe.
class OutputReads final : public std::enable_shared_from_this<OutputReads> {
 public:
  /// What it works with; all of it must outlive it.
  struct Means {
    StoreReads& reads;
    const Clock& clock;
    Timers& timers;
  };
  using Id = std::uint64_t;

  [[nodiscard]] static std::shared_ptr<OutputReads> of(const Means& means);

  /// A number for a reading. Who makes it calls withdraw() when the caller has gone, before or after `is_gone` says so.
  [[nodiscard]] Id next();
  /// Answers ReadOutput, with errors as the proto names them: as soon as there is something new, or the time is over.
  /// Calls `done` once, on a reader's thread, on that of the timers, or at once on the caller's.
  void read(Id id, const v1::ReadOutputRequest& request, const std::function<bool()>& is_gone,
            Done<v1::ReadOutputResponse> done);
  void withdraw(Id id);

  /// More of a task's output was committed.
  void tell(const std::string& task_id);
  /// No attempt of a task up to that one goes on.
  void supersede(const std::string& task_id, int through);

  /// Answers who waits, and refuses who comes: `SHUTTING_DOWN`.
  void stop();

 private:
  struct Reading {
    v1::ReadOutputRequest request;
    Done<v1::ReadOutputResponse> done;
    SteadyTime until;
    std::optional<v1::ReadOutputResponse> nothing;  ///< What was read, while it waits.
    bool is_told = false;                           ///< Something came while it was read.
  };
  using Ptr = std::shared_ptr<Reading>;

  explicit OutputReads(const Means& means) : means_(means) {}
  void look(Id id, const Ptr& reading);
  void take(Id id, const Ptr& reading, Result<v1::ReadOutputResponse> read);
  void look_at_clock();
  // Within the lock.
  [[nodiscard]] Done<v1::ReadOutputResponse> remove(Id id, const Ptr& reading);
  /// Whether it waits, and is to look again.
  [[nodiscard]] static bool wake(Reading& reading);
  void set_alarm();

  const Means means_;
  std::shared_ptr<Alarm> alarm_;

  std::mutex mutex_;
  Id next_ = 1;
  bool is_stopping_ = false;
  std::unordered_map<Id, Ptr> readings_;
  std::unordered_map<std::string, std::set<Id>> by_task_;
  std::set<std::pair<SteadyTime, Id>> due_;
};

}  // namespace taskwire::engine
