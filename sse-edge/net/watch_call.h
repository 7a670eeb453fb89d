#pragma once

#include <functional>
#include <grpcpp/client_context.h>
#include <memory>

#include "taskwire/v1/event_service.grpc.pb.h"

namespace taskwire::edge {

/// One Watch of the engine, from its start to its end. Lives until it has ended, whoever else holds it.
class WatchCall : public grpc::ClientReadReactor<v1::WatchResponse>, public std::enable_shared_from_this<WatchCall> {
 public:
  /// Called on gRPC threads.
  struct Handlers {
    std::function<void(const v1::WatchResponse&)> on_message;  ///< The next comes only after read_next().
    /// Once, at last. The call is to be let go on another thread: a gRPC thread that drops the last hold on the channel
    /// frees what it runs on.
    std::function<void(std::shared_ptr<WatchCall>, const grpc::Status&)> on_end;
  };

  explicit WatchCall(Handlers handlers) : handlers_(std::move(handlers)) {}

  void start(v1::EventService::Stub& stub, const v1::WatchRequest& request);
  /// Thread-safe. Call it once after each message.
  void read_next() { StartRead(&response_); }
  /// Thread-safe.
  void cancel() { context_.TryCancel(); }

 private:
  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  Handlers handlers_;
  grpc::ClientContext context_;
  v1::WatchRequest request_;
  v1::WatchResponse response_;
  std::shared_ptr<WatchCall> self_;
};

}  // namespace taskwire::edge
