#pragma once

#include <atomic>
#include <cstdint>
#include <grpcpp/grpcpp.h>
#include <mutex>
#include <unordered_set>

#include "engine/engine.h"
#include "process/tally.h"
#include "rpc/call_limits.h"
#include "rpc/pending_writes.h"
#include "taskwire/v1/command_service.grpc.pb.h"

namespace taskwire::rpc {

/// CommandService over an engine, which must outlive it, as `limits` and `writes` must. Each of its calls takes a
/// group, tells what became of it, and takes the next. Where there are as many as may be, the one that has waited
/// longest for a group makes room: callers open theirs again when they have something. Thread-safe.
class CommandService final : public v1::CommandService::WithRawCallbackMethod_Execute<v1::CommandService::Service> {
 public:
  CommandService(engine::Engine& engine, CallLimits& limits, PendingWrites& writes)
      : engine_(engine), limits_(limits), writes_(writes) {}

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Execute(grpc::CallbackServerContext* context) override;
  /// Ends all calls, each when the group that it has taken is answered, and those that come.
  void shut_down();

 private:
  class Call;

  /// Ends the call that has waited longest for a group; false where none waits. Under the lock.
  bool make_room();

  engine::Engine& engine_;
  CallLimits& limits_;
  PendingWrites& writes_;
  std::mutex mutex_;
  std::unordered_set<Call*> calls_;
  bool is_shut_down_ = false;
  Tally crowding_{"rpc: calls that bring commands make room for others"};
  std::atomic<std::uint64_t> turns_ = 0;
};

}  // namespace taskwire::rpc
