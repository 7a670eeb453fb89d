#include "net/engine_client.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cassert>
#include <chrono>
#include <type_traits>
#include <utility>

#include "net/awaited.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;

template <class Response>
Result<Response> to_result(const grpc::Status& status, Response&& response, bool is_write) {
  if (status.ok()) return std::forward<Response>(response);
  return tl::unexpected(engine_problem(status.error_code(), status.error_message(), is_write));
}

using TaskStub = v1::TaskService::StubInterface::async_interface;
using WorkStub = v1::WorkerService::StubInterface::async_interface;

template <class Stub>
Stub& stub_of(const EngineChannel::Way& way) {
  if constexpr (std::is_same_v<Stub, TaskStub>) {
    return *way.tasks->async();
  } else if constexpr (std::is_same_v<Stub, WorkStub>) {
    return *way.work->async();
  } else {
    return *way.events->async();
  }
}

}  // namespace

template <class Request, class Response>
struct EngineClient::Call {
  grpc::ClientContext context;
  Request request;
  Response response;
};

EngineClient::~EngineClient() {
  assert(calls_.empty());
}

Result<void> EngineClient::enter(grpc::ClientContext& context, std::optional<std::size_t> limited_bytes) {
  const std::scoped_lock lock(mutex_);
  if (is_shut_down_) return refuse(Reason::shutting_down, "This edge is stopping. Try again in a moment.");
  const std::size_t bytes = limited_bytes.value_or(0);
  if (limited_bytes && limited_calls_ > 0 &&
      (limited_calls_ >= most_calls_ || bytes > kMostBytes - std::min(limited_bytes_, kMostBytes))) {
    refused_.add();
    return refuse(Reason::too_many_calls, "Too many requests wait for the engine. Try again in a moment.");
  }
  limited_calls_ += limited_bytes ? 1 : 0;
  limited_bytes_ += bytes;
  calls_.insert(&context);
  return {};
}

void EngineClient::leave(std::shared_ptr<grpc::ClientContext> context, std::optional<std::size_t> limited_bytes) {
  const std::scoped_lock lock(mutex_);
  limited_calls_ -= limited_bytes ? 1 : 0;
  limited_bytes_ -= limited_bytes.value_or(0);
  calls_.erase(context.get());
  // Before shutdown() can go on: a gRPC thread that drops the last hold on the channel frees what it runs on.
  context.reset();
  if (calls_.empty()) all_ended_.notify_all();
}

void EngineClient::shutdown() {
  std::unique_lock lock(mutex_);
  is_shut_down_ = true;
  for (auto* const context : calls_) context->TryCancel();
  all_ended_.wait(lock, [&] { return calls_.empty(); });
}

template <class Request, class Response, class Stub>
void EngineClient::start(void (Stub::*method)(grpc::ClientContext*, const Request*, Response*,
                                              std::function<void(grpc::Status)>),
                         Request request, bool is_write, bool is_limited, std::chrono::milliseconds deadline,
                         Done<Response> done) {
  const auto way = channel_.now();
  auto& stub = stub_of<Stub>(*way);
  const auto state = way->channel->GetState(true);
  // Nothing is sent then, so the outcome is known; a write that waited for the connection would leave it unknown.
  if (state == GRPC_CHANNEL_TRANSIENT_FAILURE || (is_write && state != GRPC_CHANNEL_READY)) {
    return done(tl::unexpected(engine_problem(grpc::StatusCode::UNAVAILABLE, "", false)));
  }
  auto call = std::make_shared<Call<Request, Response>>();
  const auto limited_bytes = is_limited ? std::optional(request.ByteSizeLong()) : std::nullopt;
  if (auto entered = enter(call->context, limited_bytes); !entered) return done(tl::unexpected(entered.error()));
  call->request = std::move(request);
  call->context.set_deadline(std::chrono::system_clock::now() + deadline);
  (stub.*method)(&call->context, &call->request, &call->response,
                 [this, call, is_write, limited_bytes, done = std::move(done)](const grpc::Status& status) mutable {
                   done(to_result(status, std::move(call->response), is_write));
                   auto* const context = &call->context;
                   leave({std::move(call), context}, limited_bytes);
                 });
}

template <class Request, class Response, class Stub>
asio::awaitable<Result<Response>> EngineClient::call(void (Stub::*method)(grpc::ClientContext*, const Request*,
                                                                          Response*, std::function<void(grpc::Status)>),
                                                     const Request& request, bool is_write,
                                                     std::chrono::milliseconds deadline, bool is_limited) {
  return awaited<Result<Response>>([this, method, &request, is_write, is_limited, deadline](auto done) {
    start<Request, Response>(method, request, is_write, is_limited, deadline, std::move(done));
  });
}

asio::awaitable<Result<v1::StartTaskResponse>> EngineClient::start_task(const v1::StartTaskRequest& request) {
  return call(&TaskStub::StartTask, request, true);
}

asio::awaitable<Result<v1::GetTaskResponse>> EngineClient::get_task(const v1::GetTaskRequest& request,
                                                                    std::chrono::milliseconds deadline) {
  return call(&TaskStub::GetTask, request, false, deadline);
}

asio::awaitable<Result<v1::ListTasksResponse>> EngineClient::list_tasks(const v1::ListTasksRequest& request) {
  return call(&TaskStub::ListTasks, request, false);
}

asio::awaitable<Result<v1::RetryTaskResponse>> EngineClient::retry_task(const v1::RetryTaskRequest& request) {
  return call(&TaskStub::RetryTask, request, true);
}

asio::awaitable<Result<v1::DeleteTaskResponse>> EngineClient::delete_task(const v1::DeleteTaskRequest& request) {
  return call(&TaskStub::DeleteTask, request, true);
}

asio::awaitable<Result<v1::ListTaskTypesResponse>> EngineClient::list_task_types() {
  const v1::ListTaskTypesRequest request;
  co_return co_await call(&TaskStub::ListTaskTypes, request, false);
}

asio::awaitable<Result<v1::RegisterTypeResponse>> EngineClient::register_type(const v1::RegisterTypeRequest& request) {
  return call(&WorkStub::RegisterType, request, true);
}

asio::awaitable<Result<v1::DeleteTypeResponse>> EngineClient::delete_type(const v1::DeleteTypeRequest& request) {
  return call(&WorkStub::DeleteType, request, true);
}

asio::awaitable<Result<v1::ReportResponse>> EngineClient::report(const v1::ReportRequest& request) {
  return call(&WorkStub::Report, request, true);
}

asio::awaitable<Result<v1::GiveBackResponse>> EngineClient::give_back(const v1::GiveBackRequest& request) {
  return call(&WorkStub::GiveBack, request, true, kDeadline, false);
}

asio::awaitable<Result<v1::ReadOutputResponse>> EngineClient::read_output(const v1::ReadOutputRequest& request,
                                                                          std::chrono::milliseconds deadline) {
  return call(&WorkStub::ReadOutput, request, false, deadline);
}

asio::awaitable<Result<v1::ReadEventsResponse>> EngineClient::read_events(const v1::ReadEventsRequest& request) {
  return call(&EventStub::ReadEvents, request, false);
}

void EngineClient::get_task(const v1::GetTaskRequest& request, asio::any_io_executor executor,
                            Done<v1::GetTaskResponse> done) {
  start<v1::GetTaskRequest, v1::GetTaskResponse>(
      &TaskStub::GetTask, request, false, true, kDeadline,
      [executor = std::move(executor), done = std::move(done)](Result<v1::GetTaskResponse> result) {
        asio::post(executor, [done, result = std::move(result)]() mutable { done(std::move(result)); });
      });
}

void EngineClient::get_task(const v1::GetTaskRequest& request, Done<v1::GetTaskResponse> done) {
  start<v1::GetTaskRequest, v1::GetTaskResponse>(&TaskStub::GetTask, request, false, true, kDeadline, std::move(done));
}

void EngineClient::finish(v1::FinishRequest request, Done<v1::FinishResponse> done) {
  start<v1::FinishRequest, v1::FinishResponse>(&WorkStub::Finish, std::move(request), true, true, kDeadline,
                                               std::move(done));
}

void EngineClient::report(v1::ReportRequest request, Done<v1::ReportResponse> done) {
  start<v1::ReportRequest, v1::ReportResponse>(&WorkStub::Report, std::move(request), true, true, kDeadline,
                                               std::move(done));
}

void EngineClient::read_events(const v1::ReadEventsRequest& request, Done<v1::ReadEventsResponse> done) {
  start<v1::ReadEventsRequest, v1::ReadEventsResponse>(&EventStub::ReadEvents, request, false, false, kDeadline,
                                                       std::move(done));
}

}  // namespace taskwire::edge
