#pragma once

#include "engine/engine.h"
#include "rpc/unary_call.h"
#include "taskwire/v1/task_service.grpc.pb.h"

namespace taskwire::rpc {

/// TaskService with methods that take bytes, so that a request that is none is refused in our words.
using RawTaskService = v1::TaskService::WithRawCallbackMethod_StartTask<v1::TaskService::WithRawCallbackMethod_GetTask<
    v1::TaskService::WithRawCallbackMethod_ListTasks<v1::TaskService::WithRawCallbackMethod_CancelTask<
        v1::TaskService::WithRawCallbackMethod_RetryTask<v1::TaskService::WithRawCallbackMethod_DeleteTask<
            v1::TaskService::WithRawCallbackMethod_ListTaskTypes<v1::TaskService::Service>>>>>>>;

/// TaskService over an engine, which must outlive it, as `limits` and `writes` must. Called on gRPC threads.
class TaskService final : public RawTaskService {
 public:
  TaskService(engine::Engine& engine, CallLimits& limits, PendingWrites& writes)
      : engine_(engine), limits_(limits), writes_(writes) {}

  grpc::ServerUnaryReactor* StartTask(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                      grpc::ByteBuffer* answer) override;
  grpc::ServerUnaryReactor* GetTask(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                    grpc::ByteBuffer* answer) override;
  grpc::ServerUnaryReactor* ListTasks(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                      grpc::ByteBuffer* answer) override;
  grpc::ServerUnaryReactor* CancelTask(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                       grpc::ByteBuffer* answer) override;
  grpc::ServerUnaryReactor* RetryTask(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                      grpc::ByteBuffer* answer) override;
  grpc::ServerUnaryReactor* DeleteTask(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                       grpc::ByteBuffer* answer) override;
  grpc::ServerUnaryReactor* ListTaskTypes(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                          grpc::ByteBuffer* answer) override;

 private:
  [[nodiscard]] UnaryCall::Means means() { return {limits_, writes_}; }

  engine::Engine& engine_;
  CallLimits& limits_;
  PendingWrites& writes_;
};

}  // namespace taskwire::rpc
