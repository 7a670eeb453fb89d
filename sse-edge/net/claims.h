#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <grpcpp/client_context.h>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "http/problem.h"
#include "net/engine_channel.h"
#include "taskwire/v1/worker_service.grpc.pb.h"

namespace taskwire::edge {

/// The claims that wait at the engine for work, up to a minute each. They are bounded apart from all other calls, and
/// have connections of their own, since the engine takes so many calls of each: so nobody who claims holds up anybody
/// else. Thread-safe.
class Claims {
 public:
  static constexpr std::size_t kMostPerConnection = 500;

  /// What one costs while it waits.
  struct Call {
    grpc::ClientContext context;
    v1::ClaimRequest request;
    v1::ClaimResponse response;
  };
  using Done = std::function<void(Result<v1::ClaimResponse>)>;

  /// `most` may wait.
  Claims(const EngineChannel& engine, std::size_t most) : engine_(engine), most_(most) {}
  /// Requires shutdown() before.
  ~Claims();
  Claims(const Claims&) = delete;
  Claims& operator=(const Claims&) = delete;

  /// Sends the call's request; `done` is called once, with the answer or a Problem, on a thread of gRPC's or at once:
  /// the engine's refusal, ENGINE_UNAVAILABLE, UNKNOWN_OUTCOME (no answer, also where its context was cancelled),
  /// TOO_MANY_CLAIMS, SHUTTING_DOWN.
  void start(std::shared_ptr<Call> call, Done done);

  [[nodiscard]] std::size_t waiting() const;
  /// How many connections it has to the engine.
  [[nodiscard]] std::size_t connections() const;

  /// Cancels all calls and waits until they have ended; further ones end at once.
  void shutdown();

 private:
  struct Lane {
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<v1::WorkerService::Stub> stub;
    std::size_t claims = 0;
  };

  /// Counts the call in; the lane that it goes by, or why it may not start.
  Result<Lane*> enter(grpc::ClientContext& context);
  void leave(std::shared_ptr<Call> call, Lane& lane);
  Lane& free_lane();

  const EngineChannel& engine_;
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::condition_variable all_ended_;
  std::unordered_set<grpc::ClientContext*> calls_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  bool is_shut_down_ = false;
};

}  // namespace taskwire::edge
