#pragma once

#include <grpcpp/grpcpp.h>
#include <memory>

#include "log/watchers.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::rpc {

/// Carries one Watch. Belongs to the call: deletes itself at its end. Called on gRPC threads, and by its watcher.
class WatchReactor final : public grpc::ServerWriteReactor<v1::WatchResponse>, private engine::WatchSink {
 public:
  WatchReactor(engine::Watchers& watchers, const v1::WatchRequest& request);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  void send(v1::WatchResponse message) override;
  void finish(const engine::Error& error) override;

  v1::WatchResponse message_;  // gRPC reads it until OnWriteDone
  std::shared_ptr<engine::Watcher> watcher_;
};

}  // namespace taskwire::rpc
