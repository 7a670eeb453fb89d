#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "http/problem.h"
#include "metrics/counter.h"
#include "net/engine_channel.h"
#include "taskwire/v1/command_service.pb.h"

namespace taskwire::edge {

/// Commands of one kind on their way to the engine: what comes while the last group is under way goes as one group,
/// over one call that lasts (CommandService.Execute); with nothing under way nobody waits for company. Each is answered
/// for itself. Thread-safe.
///
/// Every command ends with its outcome or a Problem: the engine's refusal, ENGINE_UNAVAILABLE (nothing was sent),
/// UNKNOWN_OUTCOME, TOO_MANY_CALLS, SHUTTING_DOWN.
class CommandLane {
 public:
  using Clock = std::chrono::steady_clock;
  using Done = std::function<void(Result<v1::CommandOutcome>)>;

  static constexpr std::chrono::milliseconds kDeadline{5000};
  static constexpr std::chrono::milliseconds kMostWait{4000};  ///< Until it is sent: then there is time for an answer.
  /// Of the first group of a call, which the engine's gate counts for as long as the call lasts; one may be larger
  /// alone.
  static constexpr std::size_t kMostFirstBytes = std::size_t{64} << 10;
  // What waits to be sent.
  static constexpr std::size_t kMostWaiting = 10'000;
  static constexpr std::size_t kMostWaitingBytes = std::size_t{16} << 20;

  explicit CommandLane(const EngineChannel& channel) : channel_(channel) {}
  /// Requires shutdown() before.
  ~CommandLane();
  CommandLane(const CommandLane&) = delete;
  CommandLane& operator=(const CommandLane&) = delete;

  /// Calls `done` on a gRPC thread, or at once.
  void carry_out(v1::Command command, Done done);

  /// How many were refused with TOO_MANY_CALLS.
  [[nodiscard]] std::uint64_t refused() const { return refused_.value(); }

  /// Answers those that have waited too long by `now`, and ends a call whose engine does not answer. To be called now
  /// and then.
  void expire(Clock::time_point now);

  /// Ends the call and answers all; further ones end at once.
  void shutdown();

 private:
  class Call;
  struct Entry {
    v1::Command command;
    std::size_t bytes;
    Clock::time_point since;
    Done done;  // none: it is answered
  };
  using Group = std::deque<Entry>;

  /// Why one of so many bytes may not wait.
  [[nodiscard]] std::optional<Problem> refusal_of(std::size_t bytes) const;
  void send();
  void fill(v1::ExecuteRequest& request, std::size_t most_bytes);
  void on_outcomes(v1::ExecuteResponse& response, Call& call);
  void on_end(std::shared_ptr<Call> call, const Problem& problem);

  const EngineChannel& channel_;
  SharedCounter refused_;
  std::mutex mutex_;
  std::condition_variable all_ended_;
  Group waiting_;
  std::size_t waiting_bytes_ = 0;
  Group under_way_;          // by call_: the end of its group, which has no outcome yet
  Clock::time_point heard_;  // when the group was sent, or outcomes of it came
  std::shared_ptr<Call> call_;
  std::size_t calls_ = 0;  // that have not ended
  bool is_shut_down_ = false;
};

}  // namespace taskwire::edge
