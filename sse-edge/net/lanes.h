#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <grpcpp/client_context.h>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "http/problem.h"
#include "metrics/counter.h"
#include "net/engine_channel.h"
#include "taskwire/v1/worker_service.grpc.pb.h"

namespace taskwire::edge {

/// Connections to the engine for calls that wait there, up to a minute each: apart from all others, since the engine
/// takes so many calls of each connection, so that nobody who waits holds up anybody else. Thread-safe.
class Lanes {
 public:
  static constexpr std::size_t kMostPerConnection = 500;

  /// One connection.
  struct Lane {
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<v1::WorkerService::Stub> stub;
    std::size_t calls = 0;
  };

  /// `most` calls may wait; beyond that they are refused by `refusal`.
  Lanes(const EngineChannel& engine, std::size_t most, Problem refusal)
      : engine_(engine), most_(most), refusal_(std::move(refusal)) {}
  /// Requires shutdown() before.
  ~Lanes();
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  /// Counts a call in; the lane that it goes by, or why it may not start: the refusal, ENGINE_UNAVAILABLE,
  /// SHUTTING_DOWN.
  [[nodiscard]] Result<Lane*> enter(grpc::ClientContext& context);
  /// Counts it out. `call` holds `context`, and is the last who does, most likely.
  void leave(std::shared_ptr<void> call, grpc::ClientContext& context, Lane& lane);

  [[nodiscard]] std::size_t waiting() const;
  /// How many calls were refused since there were too many.
  [[nodiscard]] std::uint64_t refused() const { return refused_.value(); }
  [[nodiscard]] std::size_t connections() const;

  /// Cancels all calls and waits until they have ended; further ones end at once.
  void shutdown();

 private:
  Lane& free_lane();

  const EngineChannel& engine_;
  const std::size_t most_;
  const Problem refusal_;
  SharedCounter refused_;
  mutable std::mutex mutex_;
  std::condition_variable all_ended_;
  std::unordered_set<grpc::ClientContext*> calls_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  bool is_shut_down_ = false;
};

}  // namespace taskwire::edge
