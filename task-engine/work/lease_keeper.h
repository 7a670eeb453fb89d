#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/alarm.h"
#include "base/ids.h"
#include "log/event_log.h"
#include "tasks/catalogue.h"
#include "tasks/places.h"
#include "work/leases.h"
#include "work/presence.h"

namespace taskwire::engine {

/// Keeps the leases of work that is under way outside: ends those that nobody renews, attempts that run too long, and
/// cancels that are ignored, by a clock that does not jump. What becomes of an attempt otherwise it learns from
/// committed events (`cancel`, `supersede`). If the engine itself stood still for a while, every lease begins anew in
/// full. Thread-safe.
class LeaseKeeper final : public std::enable_shared_from_this<LeaseKeeper> {
 public:
  /// What it works with; all of it must outlive it.
  struct Means {
    EventLog& log;
    const Catalogue& catalogue;
    Presence& presence;
    const Clock& clock;
    Timers& timers;
    Random random;
  };
  struct Settings {
    std::chrono::milliseconds lease{30'000};
    std::chrono::milliseconds cancel_grace{60'000};  ///< How long a cancel may be ignored.
    std::chrono::milliseconds progress_interval{100};
    std::size_t most = 100'000;
    std::size_t most_of_user = 10'000;
  };
  /// Who heard nothing of its alarm for so long has stood still.
  static constexpr std::chrono::seconds kStoodStill{5};

  [[nodiscard]] static std::shared_ptr<LeaseKeeper> of(Means means, const Settings& settings);

  /// Whether there is room for another of `type`, whoever's it is; and as far as `user` goes.
  [[nodiscard]] bool has_room(const std::string& type);
  [[nodiscard]] bool has_room(const std::string& user, const std::string& type);

  /// A lease for an attempt that is about to be begun; `began`, `resolve` or `drop` has to follow. Without a `token`,
  /// or where one with it is held, it gets one of its own.
  [[nodiscard]] Leases::Ptr begin(Waiting what, std::string worker, std::string token = {});
  /// It has: it is `task`. False where it is over by now.
  bool began(const Leases::Ptr& lease, const v1::Task& task);
  /// Whether it has is not known: finds out, and drops the lease, or keeps it until it ends.
  void resolve(const Leases::Ptr& lease);

  /// Takes what a worker tells: renews its lease, and calls `act` with it, and with how callers see it, within the
  /// lock. `LEASE_LOST`; `UNKNOWN_OUTCOME` while its end is being written.
  [[nodiscard]] Result<void> hear(const std::string& token, const std::function<void(Lease&, v1::Lease)>& act);
  /// Its output goes on there, at least.
  void note_output(const std::string& token, std::int64_t next);
  /// A lease whose end is about to be written; nothing else ends it, and nothing renews it. Null where none is live.
  [[nodiscard]] Leases::Ptr begin_end(const std::string& token);
  /// Whether its end is being written.
  [[nodiscard]] bool is_ending(const std::string& token);
  /// That was not written.
  void go_on(const Leases::Ptr& lease);
  /// It is over. False where it was before.
  bool drop(const Leases::Ptr& lease);
  /// Writes that nobody heard of the attempt, again and again until it is known to be written; once it has begun.
  void give_back(const std::string& token);

  [[nodiscard]] bool is_running(const AttemptId& id);
  [[nodiscard]] std::vector<AttemptId> running();
  [[nodiscard]] bool is_in_use(const std::string& type);
  void cancel(const AttemptId& id);
  void supersede(const std::string& task_id, int through);
  void take_up(const std::vector<KeptLease>& leases, const std::vector<v1::Task>& tasks);

  /// As callers see it; nothing where it is not held. `UNKNOWN_OUTCOME`: whether it is is being found out.
  [[nodiscard]] Result<std::optional<v1::Lease>> describe(const std::string& token);

  void stop();

 private:
  LeaseKeeper(Means means, const Settings& settings);
  void look();
  // All of these within the lock.
  [[nodiscard]] v1::Lease describe(const Lease& lease) const;
  void set_alarm();
  /// Where the engine has stood still by `now`.
  void begin_anew(SteadyTime now);
  void make_live(const Leases::Ptr& lease, const v1::Task& task);
  void enter(const Leases::Ptr& lease);
  bool leave(const Leases::Ptr& lease);

  [[nodiscard]] bool note_unwanted(const std::string& token);
  void end(const Leases::Ptr& lease, Lease::End why);
  /// Writes `change` until it is known to be written, and drops the lease.
  void write_end(const Leases::Ptr& lease, std::function<Result<v1::Task>(Transaction&)> change);
  [[nodiscard]] std::string make_token() const;
  [[nodiscard]] std::shared_ptr<Reporter> make_reporter(const Leases::Ptr& lease);

  const Means means_;
  const Settings settings_;
  std::shared_ptr<Alarm> alarm_;

  std::mutex mutex_;
  Leases leases_;
  Places places_;  // of those
  SteadyTime looked_at_;
  bool is_stopping_ = false;
};

}  // namespace taskwire::engine
