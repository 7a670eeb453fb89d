#pragma once

#include "engine/engine.h"
#include "rpc/unary_call.h"
#include "taskwire/v1/worker_service.grpc.pb.h"

namespace taskwire::rpc {

/// WorkerService with methods that take bytes, so that a request that is none is refused in our words.
using RawWorkerService =
    v1::WorkerService::WithRawCallbackMethod_RegisterType<v1::WorkerService::WithRawCallbackMethod_DeleteType<
        v1::WorkerService::WithRawCallbackMethod_Claim<v1::WorkerService::WithRawCallbackMethod_Report<
            v1::WorkerService::WithRawCallbackMethod_Finish<v1::WorkerService::WithRawCallbackMethod_GiveBack<
                v1::WorkerService::WithRawCallbackMethod_ReadOutput<v1::WorkerService::Service>>>>>>>;

/// WorkerService over an engine, which must outlive it, as `limits` and `writes` must. Called on gRPC threads.
class WorkerService final : public RawWorkerService {
 public:
  WorkerService(engine::Engine& engine, CallLimits& limits, PendingWrites& writes)
      : engine_(engine), limits_(limits), writes_(writes) {}

  grpc::ServerUnaryReactor* RegisterType(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                         grpc::ByteBuffer* answer) override;
  grpc::ServerUnaryReactor* DeleteType(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                       grpc::ByteBuffer* answer) override;
  grpc::ServerUnaryReactor* Claim(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                  grpc::ByteBuffer* answer) override;
  grpc::ServerUnaryReactor* Report(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                   grpc::ByteBuffer* answer) override;
  grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                   grpc::ByteBuffer* answer) override;
  grpc::ServerUnaryReactor* GiveBack(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                     grpc::ByteBuffer* answer) override;
  grpc::ServerUnaryReactor* ReadOutput(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                       grpc::ByteBuffer* answer) override;

 private:
  [[nodiscard]] UnaryCall::Means means() { return {limits_, writes_}; }

  engine::Engine& engine_;
  CallLimits& limits_;
  PendingWrites& writes_;
};

}  // namespace taskwire::rpc
