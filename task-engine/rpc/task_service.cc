#include "rpc/task_service.h"

#include "rpc/status.h"

namespace taskwire::rpc {

grpc::ServerUnaryReactor* TaskService::StartTask(grpc::CallbackServerContext* context,
                                                 const v1::StartTaskRequest* request, v1::StartTaskResponse* response) {
  auto* const reactor = context->DefaultReactor();
  engine_.tasks().start(*request, answer_to(reactor, response));
  return reactor;
}

grpc::ServerUnaryReactor* TaskService::GetTask(grpc::CallbackServerContext* context, const v1::GetTaskRequest* request,
                                               v1::GetTaskResponse* response) {
  auto* const reactor = context->DefaultReactor();
  engine_.tasks().get(*request, answer_to(reactor, response), gone(context));
  return reactor;
}

grpc::ServerUnaryReactor* TaskService::ListTasks(grpc::CallbackServerContext* context,
                                                 const v1::ListTasksRequest* request, v1::ListTasksResponse* response) {
  auto* const reactor = context->DefaultReactor();
  engine_.tasks().list(*request, answer_to(reactor, response), gone(context));
  return reactor;
}

grpc::ServerUnaryReactor* TaskService::CancelTask(grpc::CallbackServerContext* context,
                                                  const v1::CancelTaskRequest* request,
                                                  v1::CancelTaskResponse* response) {
  auto* const reactor = context->DefaultReactor();
  engine_.tasks().cancel(*request, answer_to(reactor, response));
  return reactor;
}

grpc::ServerUnaryReactor* TaskService::RetryTask(grpc::CallbackServerContext* context,
                                                 const v1::RetryTaskRequest* request, v1::RetryTaskResponse* response) {
  auto* const reactor = context->DefaultReactor();
  engine_.tasks().retry(*request, answer_to(reactor, response));
  return reactor;
}

grpc::ServerUnaryReactor* TaskService::DeleteTask(grpc::CallbackServerContext* context,
                                                  const v1::DeleteTaskRequest* request,
                                                  v1::DeleteTaskResponse* response) {
  auto* const reactor = context->DefaultReactor();
  engine_.tasks().remove(*request, answer_to(reactor, response));
  return reactor;
}

grpc::ServerUnaryReactor* TaskService::ListTaskTypes(grpc::CallbackServerContext* context,
                                                     const v1::ListTaskTypesRequest*,
                                                     v1::ListTaskTypesResponse* response) {
  auto* const reactor = context->DefaultReactor();
  *response = engine_.catalogue().list();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

}  // namespace taskwire::rpc
