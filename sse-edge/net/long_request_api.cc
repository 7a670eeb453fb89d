#include "net/long_request_api.h"

#include <chrono>
#include <utility>

#include "http/long_request.h"
#include "http/task_json.h"
#include "net/task_end.h"

namespace taskwire::edge {
namespace {

HttpResponse unfinished(const ApiCall& call, Reason reason, std::string detail, const v1::Task& task) {
  auto response = problem_response({reason, std::move(detail)});
  response.headers.emplace_back("Location", task_location(call.request, task));
  return response;
}

/// Of a task only what the answer needs: params may be large, and the wait is long.
v1::Task without_load(v1::Task task) {
  task.clear_params();
  task.clear_result();
  return task;
}

boost::asio::awaitable<Result<v1::Task>> start(const ApiCall& call, v1::StartTaskRequest request) {
  auto started = co_await call.services.commands.start_task(std::move(request));
  if (!started) co_return tl::unexpected(started.error());
  co_return without_load(std::move(*started->mutable_task()));
}

boost::asio::awaitable<Result<v1::Task>> look(const ApiCall& call, const v1::GetTaskRequest& request) {
  auto got = co_await call.services.engine.get_task(request);
  if (!got) co_return tl::unexpected(got.error());
  co_return without_load(std::move(*got->mutable_task()));
}

}  // namespace

boost::asio::awaitable<HttpResponse> run_long_request(const ApiCall& call) {
  if (call.request.method == "HEAD") co_return json_response(200, {});  // must not start anything
  auto request = parse_long_request(call.request, call.route);
  if (!request) co_return problem_response(request.error());
  if (call.shard.goes_away())
    co_return problem_response(
        {Reason::shutting_down, "This edge is stopping. Nothing was started; try again in a moment."});
  const auto deadline = std::chrono::steady_clock::now() + call.services.config.long_request_timeout;
  TaskEnd end(call.shard, request->user_id());
  const auto started = co_await start(call, std::move(*request));
  if (!started) co_return problem_response(started.error());
  const auto watch = call.caller.watch([&end] { end.leave(); });
  v1::Task task = *started;
  v1::GetTaskRequest get;
  get.set_user_id(task.user_id());
  get.set_task_id(task.task_id());
  for (;;) {
    // The answer of a start that is repeated may be as old as the start.
    const auto now = co_await look(call, get);
    if (now) {
      task = *now;
      if (has_ended(task.state())) co_return long_answer(task);
    } else if (now.error().reason == Reason::task_not_found) {
      co_return problem_response(now.error());
    } else {
      end.wait_for_any_change();
    }
    const auto news = co_await end.wait(task.task_id(), deadline);
    if (news == TaskEnd::News::stopping)
      co_return unfinished(call, Reason::shutting_down, "This edge is stopping. The task goes on; look at Location.",
                           task);
    if (news == TaskEnd::News::left)  // who has only stopped sending, or sends too much, still reads it
      co_return unfinished(call, Reason::task_not_done,
                           "The caller has gone, or has sent much more meanwhile. The task goes on; look at Location.",
                           task);
    if (news == TaskEnd::News::deadline)
      co_return unfinished(call, Reason::task_not_done,
                           "The task takes longer than this request may wait. It goes on; look at Location.", task);
  }
}

}  // namespace taskwire::edge
