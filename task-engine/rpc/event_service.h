#pragma once

#include "engine/engine.h"
#include "rpc/unary_call.h"
#include "taskwire/v1/event_service.grpc.pb.h"

namespace taskwire::rpc {

/// EventService with methods that take bytes, so that a request that is none is refused in our words.
using RawEventService = v1::EventService::WithRawCallbackMethod_Publish<
    v1::EventService::WithRawCallbackMethod_PublishBatch<v1::EventService::WithRawCallbackMethod_ReadEvents<
        v1::EventService::WithRawCallbackMethod_Watch<v1::EventService::Service>>>>;

/// EventService over an engine, which must outlive it, as `limits` and `writes` must. Called on gRPC threads.
class EventService final : public RawEventService {
 public:
  EventService(engine::Engine& engine, CallLimits& limits, PendingWrites& writes)
      : engine_(engine), limits_(limits), writes_(writes) {}

  grpc::ServerUnaryReactor* Publish(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                    grpc::ByteBuffer* answer) override;
  grpc::ServerUnaryReactor* PublishBatch(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                         grpc::ByteBuffer* answer) override;
  grpc::ServerUnaryReactor* ReadEvents(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                       grpc::ByteBuffer* answer) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Watch(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* bytes) override;

 private:
  [[nodiscard]] UnaryCall::Means means() { return {limits_, writes_}; }

  engine::Engine& engine_;
  CallLimits& limits_;
  PendingWrites& writes_;
};

}  // namespace taskwire::rpc
