#include "net/task_api.h"

#include "http/json_body.h"
#include "http/long_request.h"
#include "http/publication.h"
#include "http/split.h"
#include "http/task_json.h"
#include "text/utf8.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;

HttpResponse accepted(const ApiCall& call, const v1::Task& task) {
  auto response = json_response(202, task_json(task));
  response.headers.emplace_back("Location", task_location(call.request, task));
  return response;
}

HttpResponse refused(Reason reason, std::string detail) {
  return problem_response({reason, std::move(detail)});
}

/// A request about the one task of the path.
template <class Request>
Request about_task(const Route& route) {
  Request request;
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
  const auto started = co_await call.services.engine.start_task(*start);
  co_return started ? accepted(call, started->task()) : problem_response(started.error());
}

asio::awaitable<HttpResponse> list_tasks(const ApiCall& call) {
  v1::ListTasksRequest request;
  request.set_user_id(call.route.names[0]);
  constexpr int kMostPage = 1000;
  int page_size = 0;  // the engine's own
  if (!call.target.read_number("pageSize", 1, kMostPage, page_size))
    co_return refused(Reason::invalid_page_size, "pageSize is a whole number from 1 to 1000.");
  request.set_page_size(page_size);
  const auto page_token = call.target.parameter("pageToken").value_or("");
  if (!is_utf8(page_token))
    co_return refused(Reason::invalid_page_token,
                      "pageToken is none that was answered; leave it out for the first page.");
  request.set_page_token(std::string(page_token));
  auto states = call.target.parameter("status").value_or("");
  while (!states.empty()) {
    const auto state = status_state(take_part(states, ','));
    if (state == v1::TASK_STATE_UNSPECIFIED) {
      co_return refused(
          Reason::invalid_status,
          "status is a list of queued, running, cancelling, succeeded, failed and cancelled, with commas.");
    }
    request.add_states(state);
  }
  const auto list = co_await call.services.engine.list_tasks(request);
  co_return list ? json_response(200, task_list_json(*list)) : problem_response(list.error());
}

asio::awaitable<HttpResponse> get_task(const ApiCall& call) {
  const auto request = about_task<v1::GetTaskRequest>(call.route);
  const auto got = co_await call.services.engine.get_task(request);
  co_return got ? json_response(200, task_json(got->task())) : problem_response(got.error());
}

asio::awaitable<HttpResponse> delete_task(const ApiCall& call) {
  const auto request = about_task<v1::DeleteTaskRequest>(call.route);
  const auto deleted = co_await call.services.engine.delete_task(request);
  co_return deleted ? HttpResponse{204, {}, {}, nullptr} : problem_response(deleted.error());
}

asio::awaitable<HttpResponse> cancel_task(const ApiCall& call) {
  if (auto valid = check_no_body(call.request); !valid) co_return problem_response(valid.error());
  const auto request = about_task<v1::CancelTaskRequest>(call.route);
  const auto cancelled = co_await call.services.engine.cancel_task(request);
  co_return cancelled ? accepted(call, cancelled->task()) : problem_response(cancelled.error());
}

asio::awaitable<HttpResponse> retry_task(const ApiCall& call) {
  if (auto valid = check_no_body(call.request); !valid) co_return problem_response(valid.error());
  const auto request = about_task<v1::RetryTaskRequest>(call.route);
  const auto retried = co_await call.services.engine.retry_task(request);
  co_return retried ? accepted(call, retried->task()) : problem_response(retried.error());
}

asio::awaitable<HttpResponse> list_task_types(const ApiCall& call) {
  const auto types = co_await call.services.engine.list_task_types();
  co_return types ? json_response(200, task_types_json(*types)) : problem_response(types.error());
}

}  // namespace taskwire::edge
