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

}  // namespace

boost::asio::awaitable<HttpResponse> run_long_request(const ApiCall& call) {
  if (call.request.method == "HEAD") co_return json_response(200, {});  // must not start anything
  const auto start = parse_long_request(call.request, call.route);
  if (!start) co_return problem_response(start.error());
  if (call.shard.is_stopping())
    co_return problem_response(
        {Reason::shutting_down, "This edge is stopping. Nothing was started; try again in a moment."});
  const auto deadline = std::chrono::steady_clock::now() + call.services.config.long_request_timeout;
  TaskEnd end(call.shard, start->user_id());
  const auto started = co_await call.services.engine.start_task(*start);
  if (!started) co_return problem_response(started.error());
  const auto watch = call.caller.watch([&end] { end.leave(); });
  v1::Task task = started->task();
  v1::GetTaskRequest get;
  get.set_user_id(task.user_id());
  get.set_task_id(task.task_id());
  for (;;) {
    // The answer of a start that is repeated may be as old as the start.
    const auto now = co_await call.services.engine.get_task(get);
    if (now) {
      task = now->task();
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
    if (news == TaskEnd::News::left)  // who has only stopped sending still reads it
      co_return unfinished(call, Reason::task_not_done, "The caller has gone. The task goes on; look at Location.",
                           task);
    if (news == TaskEnd::News::deadline)
      co_return unfinished(call, Reason::task_not_done,
                           "The task takes longer than this request may wait. It goes on; look at Location.", task);
  }
}

}  // namespace taskwire::edge
