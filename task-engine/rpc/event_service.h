#pragma once

#include "engine/engine.h"
#include "taskwire/v1/event_service.grpc.pb.h"

namespace taskwire::rpc {

/// EventService over an engine, which must outlive it. Called on gRPC threads.
class EventService final : public v1::EventService::CallbackService {
 public:
  explicit EventService(engine::Engine& engine) : engine_(engine) {}

  grpc::ServerUnaryReactor* Publish(grpc::CallbackServerContext* context, const v1::PublishRequest* request,
                                    v1::PublishResponse* response) override;
  grpc::ServerUnaryReactor* PublishBatch(grpc::CallbackServerContext* context, const v1::PublishBatchRequest* request,
                                         v1::PublishBatchResponse* response) override;
  grpc::ServerUnaryReactor* ReadEvents(grpc::CallbackServerContext* context, const v1::ReadEventsRequest* request,
                                       v1::ReadEventsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchResponse>* Watch(grpc::CallbackServerContext* context,
                                                     const v1::WatchRequest* request) override;

 private:
  engine::Engine& engine_;
};

}  // namespace taskwire::rpc
