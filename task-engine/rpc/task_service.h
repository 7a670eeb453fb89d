#pragma once

#include "engine/engine.h"
#include "taskwire/v1/task_service.grpc.pb.h"

namespace taskwire::rpc {

/// TaskService over an engine, which must outlive it. Called on gRPC threads.
class TaskService final : public v1::TaskService::CallbackService {
 public:
  explicit TaskService(engine::Engine& engine) : engine_(engine) {}

  grpc::ServerUnaryReactor* StartTask(grpc::CallbackServerContext* context, const v1::StartTaskRequest* request,
                                      v1::StartTaskResponse* response) override;
  grpc::ServerUnaryReactor* GetTask(grpc::CallbackServerContext* context, const v1::GetTaskRequest* request,
                                    v1::GetTaskResponse* response) override;
  grpc::ServerUnaryReactor* ListTasks(grpc::CallbackServerContext* context, const v1::ListTasksRequest* request,
                                      v1::ListTasksResponse* response) override;
  grpc::ServerUnaryReactor* CancelTask(grpc::CallbackServerContext* context, const v1::CancelTaskRequest* request,
                                       v1::CancelTaskResponse* response) override;
  grpc::ServerUnaryReactor* RetryTask(grpc::CallbackServerContext* context, const v1::RetryTaskRequest* request,
                                      v1::RetryTaskResponse* response) override;
  grpc::ServerUnaryReactor* DeleteTask(grpc::CallbackServerContext* context, const v1::DeleteTaskRequest* request,
                                       v1::DeleteTaskResponse* response) override;
  grpc::ServerUnaryReactor* ListTaskTypes(grpc::CallbackServerContext* context, const v1::ListTaskTypesRequest* request,
                                          v1::ListTaskTypesResponse* response) override;

 private:
  engine::Engine& engine_;
};

}  // namespace taskwire::rpc
