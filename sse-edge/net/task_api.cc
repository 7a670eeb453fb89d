#include "net/task_api.h"

#include "http/json_body.h"
#include "http/long_request.h"
#include "http/publication.h"
#include "http/start_body.h"
#include "http/task_json.h"
#include "http/task_query.h"
#include "net/aside.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;

HttpResponse accepted(const ApiCall& call, const v1::Task& task,
                      const v1::Lease& lease = v1::Lease::default_instance()) {
  auto response = json_response(202, task_json(task, lease));
  response.headers.emplace_back("Location", task_location(call.request, task));
  return response;
}

/// `request`, about the one task of the path.
template <class Request>
Request about_task(const Route& route, Request request = {}) {
  request.set_user_id(route.names[0]);
  request.set_task_id(route.names[1]);
  return request;
}

}  // namespace

asio::awaitable<HttpResponse> start_task(const ApiCall& call) {
  if (auto valid = check_json_type(call.request); !valid) co_return problem_response(valid.error());
  auto start = parse_start_body(call.request.body);
  if (!start) co_return problem_response(start.error());
  start->set_user_id(call.route.names[0]);
  auto key = idempotency_key(call.request);
  if (!key) co_return problem_response(key.error());
  start->set_request_id(std::move(*key));
  const auto started = co_await call.services.commands.start_task(std::move(*start));
  co_return started ? accepted(call, started->task(), started->lease()) : problem_response(started.error());
}

asio::awaitable<HttpResponse> list_tasks(const ApiCall& call) {
  const auto request = parse_task_query(call.target, call.route);
  if (!request) co_return problem_response(request.error());
  const auto list = co_await call.services.engine.list_tasks(*request);
  co_return list ? json_response(200, task_list_json(*list)) : problem_response(list.error());
}

asio::awaitable<HttpResponse> get_task(const ApiCall& call) {
  const auto request = about_task<v1::GetTaskRequest>(call.route);
  auto begin = [&](Answer answer) {
    call.services.engine.get_task(request, [answer = std::move(answer)](const Result<v1::GetTaskResponse>& got) {
      answer(got ? json_response(200, task_json(got->task())) : problem_response(got.error()));
    });
  };
  co_return co_await answer_aside(begin);
}

asio::awaitable<HttpResponse> delete_task(const ApiCall& call) {
  const auto request = about_task<v1::DeleteTaskRequest>(call.route);
  const auto deleted = co_await call.services.engine.delete_task(request);
  co_return deleted ? HttpResponse{204, {}, {}, nullptr} : problem_response(deleted.error());
}

asio::awaitable<HttpResponse> cancel_task(const ApiCall& call) {
  if (auto valid = check_no_body(call.request); !valid) co_return problem_response(valid.error());
  auto request = about_task<v1::CancelTaskRequest>(call.route);
  auto key = idempotency_key(call.request);
  if (!key) co_return problem_response(key.error());
  request.set_request_id(std::move(*key));
  const auto cancelled = co_await call.services.commands.cancel_task(std::move(request));
  co_return cancelled ? accepted(call, cancelled->task()) : problem_response(cancelled.error());
}

asio::awaitable<HttpResponse> retry_task(const ApiCall& call) {
  if (auto valid = check_json_type(call.request); !valid) co_return problem_response(valid.error());
  auto retry = parse_retry_body(call.request.body);
  if (!retry) co_return problem_response(retry.error());
  auto request = about_task(call.route, std::move(*retry));
  auto key = idempotency_key(call.request);
  if (!key) co_return problem_response(key.error());
  request.set_request_id(std::move(*key));
  const auto retried = co_await call.services.engine.retry_task(request);
  co_return retried ? accepted(call, retried->task(), retried->lease()) : problem_response(retried.error());
}

asio::awaitable<HttpResponse> list_task_types(const ApiCall& call) {
  const auto types = co_await call.services.engine.list_task_types();
  co_return types ? json_response(200, task_types_json(*types)) : problem_response(types.error());
}

}  // namespace taskwire::edge
