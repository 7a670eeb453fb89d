#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>

#include "client/client.h"
#include "program/hearing.h"
#include "progress/progress.h"
#include "taskwire/asker.h"
#include "taskwire/lease.h"

namespace taskwire::cli {

/// Tells the server of one command: starts its task where there is none yet, reports what is heard, renews the lease,
/// and finishes. Where a task that it started was lost meanwhile, it goes on with a new attempt. It has a thread of its
/// own, which tries again for as long as it is let; nobody has to wait for it. Thread-safe.
class Teller {
 public:
  using Clock = std::chrono::steady_clock;
  using milliseconds = std::chrono::milliseconds;

  /// What it goes by. `start`: the path and the body of the request that begins the task; unused with a lease.
  struct Settings {
    client::Url edge;
    std::string token;
    std::string start_path;
    nlohmann::json start;
    std::optional<Lease> lease;
  };

  /// `on_cancel`: called once, on the thread of this, when somebody asked the task to stop, or when a lease that was
  /// given here is over: then the task is another's.
  Teller(Settings settings, std::function<void()> on_cancel);
  /// Gives up what has not been told.
  ~Teller();
  Teller(const Teller&) = delete;
  Teller& operator=(const Teller&) = delete;

  /// The lease, once it is there; nothing where it is not by `deadline`, or was refused.
  std::optional<Lease> wait_for_lease(Clock::time_point deadline);
  /// From when on it reports what `hearing` hears; that must outlive it.
  void listen_to(Hearing& hearing);
  /// There is something new to report.
  void wake();
  /// The command has ended and `hearing` heard all: what a finish says of that.
  void end(nlohmann::json finish);
  /// Whether all was told, or nobody will hear it, by `deadline`.
  bool wait_until_over(Clock::time_point deadline);

  /// The end was told.
  [[nodiscard]] bool is_told() const;
  /// It is over, and asking for longer would not have helped.
  [[nodiscard]] bool is_refused() const;
  /// Why nothing was told the last time; empty where it was.
  [[nodiscard]] std::string trouble() const;
  /// It has, or had, a lease.
  [[nodiscard]] bool has_task() const;
  /// When the server last answered for good; long ago where it never did.
  [[nodiscard]] Clock::time_point last_answer() const;

 private:
  using Lock = std::unique_lock<std::mutex>;
  void run();
  void tell_all();
  bool start();
  bool tell();
  bool begin_again();
  bool take_lease(const client::Answer& answer);
  void cancel();
  void set_trouble(const std::string& why);

  const Settings settings_;
  const std::function<void()> on_cancel_;
  Asker asker_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Hearing* hearing_ = nullptr;
  bool has_news_ = false;
  bool is_stopped_ = false;
  bool is_over_ = false;  // all told, or given up
  bool is_told_ = false;
  std::optional<nlohmann::json> finish_;
  std::optional<Lease> lease_;
  std::string trouble_;
  Clock::time_point last_answer_{};

  bool is_cancelled_ = false;  // of the thread alone
  std::thread thread_;
};

}  // namespace taskwire::cli
