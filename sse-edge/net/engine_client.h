#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <grpcpp/client_context.h>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>

#include "http/problem.h"
#include "metrics/counter.h"
#include "net/engine_channel.h"

namespace taskwire::edge {

/// Unary calls to the engine, each with a deadline, of all that does not go in groups (Commands). Thread-safe.
///
/// Every call ends with a message or a Problem: the engine's refusal, ENGINE_UNAVAILABLE, UNKNOWN_OUTCOME (a write
/// without an answer), TOO_MANY_CALLS.
class EngineClient {
 public:
  template <class T>
  using Done = std::function<void(Result<T>)>;

  static constexpr std::chrono::milliseconds kDeadline{5000};
  /// What the requests that wait for the engine may come to, as they are sent; one alone may be larger.
  static constexpr std::size_t kMostBytes = std::size_t{32} << 20;

  /// So many calls may wait at once that are limited.
  EngineClient(const EngineChannel& channel, std::size_t most_calls) : channel_(channel), most_calls_(most_calls) {}
  /// Requires shutdown() before.
  ~EngineClient();
  EngineClient(const EngineClient&) = delete;
  EngineClient& operator=(const EngineClient&) = delete;

  // Awaited on the caller's executor.
  boost::asio::awaitable<Result<v1::StartTaskResponse>> start_task(const v1::StartTaskRequest& request);
  boost::asio::awaitable<Result<v1::GetTaskResponse>> get_task(const v1::GetTaskRequest& request,
                                                               std::chrono::milliseconds deadline = kDeadline);
  boost::asio::awaitable<Result<v1::ListTasksResponse>> list_tasks(const v1::ListTasksRequest& request);
  boost::asio::awaitable<Result<v1::RetryTaskResponse>> retry_task(const v1::RetryTaskRequest& request);
  boost::asio::awaitable<Result<v1::DeleteTaskResponse>> delete_task(const v1::DeleteTaskRequest& request);
  boost::asio::awaitable<Result<v1::ListTaskTypesResponse>> list_task_types();
  boost::asio::awaitable<Result<v1::RegisterTypeResponse>> register_type(const v1::RegisterTypeRequest& request);
  boost::asio::awaitable<Result<v1::DeleteTypeResponse>> delete_type(const v1::DeleteTypeRequest& request);
  boost::asio::awaitable<Result<v1::ReportResponse>> report(const v1::ReportRequest& request);
  /// Not counted among the calls that are limited.
  boost::asio::awaitable<Result<v1::GiveBackResponse>> give_back(const v1::GiveBackRequest& request);
  /// `request` waits for nothing.
  boost::asio::awaitable<Result<v1::ReadOutputResponse>> read_output(const v1::ReadOutputRequest& request,
                                                                     std::chrono::milliseconds deadline = kDeadline);
  boost::asio::awaitable<Result<v1::ReadEventsResponse>> read_events(const v1::ReadEventsRequest& request);

  /// Calls `done` on `executor`.
  void get_task(const v1::GetTaskRequest& request, boost::asio::any_io_executor executor,
                Done<v1::GetTaskResponse> done);
  /// Call `done` on a gRPC thread, or at once.
  void get_task(const v1::GetTaskRequest& request, Done<v1::GetTaskResponse> done);
  void finish(v1::FinishRequest request, Done<v1::FinishResponse> done);
  void report(v1::ReportRequest request, Done<v1::ReportResponse> done);
  /// Calls `done` on a gRPC thread. Not counted among the calls that are limited.
  void read_events(const v1::ReadEventsRequest& request, Done<v1::ReadEventsResponse> done);

  /// How many calls were refused with TOO_MANY_CALLS.
  [[nodiscard]] std::uint64_t refused() const { return refused_.value(); }

  /// Cancels all calls and waits until they have ended; further ones end at once.
  void shutdown();

 private:
  using TaskStub = v1::TaskService::StubInterface::async_interface;
  using EventStub = v1::EventService::StubInterface::async_interface;
  using WorkStub = v1::WorkerService::StubInterface::async_interface;

  template <class Request, class Response>
  struct Call;
  template <class Request, class Response, class Stub>
  void start(void (Stub::*method)(grpc::ClientContext*, const Request*, Response*, std::function<void(grpc::Status)>),
             Request request, bool is_write, bool is_limited, std::chrono::milliseconds deadline, Done<Response> done);
  template <class Request, class Response, class Stub>
  boost::asio::awaitable<Result<Response>> call(void (Stub::*method)(grpc::ClientContext*, const Request*, Response*,
                                                                     std::function<void(grpc::Status)>),
                                                const Request& request, bool is_write,
                                                std::chrono::milliseconds deadline = kDeadline, bool is_limited = true);
  /// Counts a call of so many bytes in; a Problem where it may not start. `limited_bytes` is none where it is not
  /// counted among the calls that are limited.
  Result<void> enter(grpc::ClientContext& context, std::optional<std::size_t> limited_bytes);
  void leave(std::shared_ptr<grpc::ClientContext> context, std::optional<std::size_t> limited_bytes);

  const EngineChannel& channel_;
  const std::size_t most_calls_;
  SharedCounter refused_;
  std::mutex mutex_;
  std::condition_variable all_ended_;
  std::unordered_set<grpc::ClientContext*> calls_;
  std::size_t limited_calls_ = 0;
  std::size_t limited_bytes_ = 0;
  bool is_shut_down_ = false;
};

}  // namespace taskwire::edge
