#include "rpc/task_service.h"

namespace taskwire::rpc {

grpc::ServerUnaryReactor* TaskService::StartTask(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                                 grpc::ByteBuffer* answer) {
  return answer_call<v1::StartTaskRequest, v1::StartTaskResponse>(
      context, bytes, answer, means(),
      [this](const v1::StartTaskRequest& request, auto done) { engine_.start_task(request, std::move(done)); },
      {.most_bytes = kMostStartBytes});
}

grpc::ServerUnaryReactor* TaskService::GetTask(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                               grpc::ByteBuffer* answer) {
  return answer_call<v1::GetTaskRequest, v1::GetTaskResponse>(
      context, bytes, answer, means(),
      [this, context](const v1::GetTaskRequest& request, auto done) {
        engine_.tasks().get(request, std::move(done), gone(context));
      },
      {.answers = Answers::large});
}

grpc::ServerUnaryReactor* TaskService::ListTasks(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                                 grpc::ByteBuffer* answer) {
  return answer_call<v1::ListTasksRequest, v1::ListTasksResponse>(
      context, bytes, answer, means(),
      [this, context](const v1::ListTasksRequest& request, auto done) {
        engine_.tasks().list(request, std::move(done), gone(context));
      },
      {.answers = Answers::large});
}

grpc::ServerUnaryReactor* TaskService::CancelTask(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                                  grpc::ByteBuffer* answer) {
  return answer_call<v1::CancelTaskRequest, v1::CancelTaskResponse>(
      context, bytes, answer, means(),
      [this](const v1::CancelTaskRequest& request, auto done) { engine_.tasks().cancel(request, std::move(done)); });
}

grpc::ServerUnaryReactor* TaskService::RetryTask(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                                 grpc::ByteBuffer* answer) {
  return answer_call<v1::RetryTaskRequest, v1::RetryTaskResponse>(
      context, bytes, answer, means(), [this](const v1::RetryTaskRequest& request, auto done) {
        request.claim() ? engine_.workers().retry(request, std::move(done))
                        : engine_.tasks().retry(request, std::move(done));
      });
}

grpc::ServerUnaryReactor* TaskService::DeleteTask(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                                                  grpc::ByteBuffer* answer) {
  return answer_call<v1::DeleteTaskRequest, v1::DeleteTaskResponse>(
      context, bytes, answer, means(),
      [this](const v1::DeleteTaskRequest& request, auto done) { engine_.tasks().remove(request, std::move(done)); });
}

grpc::ServerUnaryReactor* TaskService::ListTaskTypes(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* bytes, grpc::ByteBuffer* answer) {
  return answer_call<v1::ListTaskTypesRequest, v1::ListTaskTypesResponse>(
      context, bytes, answer, means(),
      [this](const v1::ListTaskTypesRequest&, auto done) { done(engine_.workers().list_types()); });
}

}  // namespace taskwire::rpc
