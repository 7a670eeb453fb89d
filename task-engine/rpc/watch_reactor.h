#pragma once

#include <grpcpp/grpcpp.h>
#include <memory>

#include "log/watchers.h"
#include "rpc/call_limits.h"
#include "rpc/pending_writes.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::rpc {

/// Carries one Watch, whose request comes as bytes, and whose messages go so. Refuses what is no request, and a Watch
/// too many. Belongs to the call: deletes itself at its end. Called on gRPC threads, and by its watcher.
class WatchReactor final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                           private engine::WatchSink,
                           private Cuttable {
 public:
  /// What a Watch works with; all of it must outlive the call.
  struct Means {
    engine::Watchers& watchers;
    CallLimits& limits;
    PendingWrites& writes;
  };

  WatchReactor(const Means& means, grpc::CallbackServerContext& context, const grpc::ByteBuffer& request);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  void send(engine::WatchMessage message) override;
  void finish(const engine::Error& error) override;
  [[nodiscard]] bool has_room() override { return writes_.has_room(); }
  void cut() override;

  grpc::CallbackServerContext& context_;
  PendingWrites& writes_;
  engine::Result<CallLimits::Place> place_;
  PendingWrites::Id write_;   // of message_
  grpc::ByteBuffer message_;  // gRPC reads it until OnWriteDone
  std::shared_ptr<engine::Watcher> watcher_;
};

}  // namespace taskwire::rpc
