#include "net/api.h"

#include <chrono>
#include <utility>

#include "http/openapi.h"
#include "net/aside.h"
#include "net/event_api.h"
#include "net/long_request_api.h"
#include "net/output_api.h"
#include "net/presence_api.h"
#include "net/task_api.h"
#include "net/work_api.h"
#include "resume/topic.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;

HttpResponse readyz(const Shard& shard, const Services& services) {
  if (shard.goes_away()) return problem_response({Reason::shutting_down, "This edge is stopping."});
  if (!services.upstream.was_synced())
    return problem_response({Reason::not_synced, "This edge has not reached the engine yet. Try again in a moment."});
  const auto lost = services.upstream.lost_since();
  if (lost && std::chrono::steady_clock::now() - *lost > services.config.engine_grace) {
    return problem_response(
        {Reason::engine_unavailable, "This edge has been without the engine for too long. Look whether it runs."});
  }
  return json_response(200, R"({"status":"ready"})");
}

asio::awaitable<HttpResponse> metrics(const Services& services) {
  auto begin = [&services](Answer answer) { services.scrapes.ask(services, std::move(answer)); };
  co_return co_await answer_aside(begin);
}

asio::awaitable<HttpResponse> at_once(HttpResponse response) {
  co_return response;
}

}  // namespace

asio::awaitable<HttpResponse> answer(const ApiCall& call) {
  const auto topic = [&](TopicKind kind) { return topic_name(kind, call.route.names[0]); };
  switch (call.route.endpoint) {
    case Endpoint::start_task:
      return start_task(call);
    case Endpoint::list_tasks:
      return list_tasks(call);
    case Endpoint::get_task:
      return get_task(call);
    case Endpoint::delete_task:
      return delete_task(call);
    case Endpoint::cancel_task:
      return cancel_task(call);
    case Endpoint::retry_task:
      return retry_task(call);
    case Endpoint::task_output:
      return read_output(call);
    case Endpoint::task_types:
      return list_task_types(call);
    case Endpoint::register_type:
      return register_type(call);
    case Endpoint::delete_type:
      return delete_type(call);
    case Endpoint::claim_work:
      return claim_work(call);
    case Endpoint::report_work:
      return report_work(call);
    case Endpoint::finish_work:
      return finish_work(call);
    case Endpoint::sessions:
      return list_sessions(call);
    case Endpoint::publish:
      return publish(call, topic(TopicKind::channels));
    case Endpoint::send_message:
      return publish(call, topic(TopicKind::messages));
    case Endpoint::history:
      return read_history(call);
    case Endpoint::record_pulse:
      return record_pulse(call);
    case Endpoint::pulse_statistics:
      return pulse_statistics(call);
    case Endpoint::run_attempts:
    case Endpoint::run_countdown:
      return run_long_request(call);
    case Endpoint::healthz:
      return at_once(json_response(200, R"({"status":"ok"})"));
    case Endpoint::readyz:
      return at_once(readyz(call.shard, call.services));
    case Endpoint::metrics:
      return metrics(call.services);
    case Endpoint::openapi:
      return at_once(openapi_response());
    case Endpoint::user_stream:
    case Endpoint::task_stream:
    case Endpoint::topic_stream:
    case Endpoint::channel_stream:
    case Endpoint::person_stream:
    case Endpoint::heart_rate_text:
    case Endpoint::heart_rate_json:
    case Endpoint::heart_rate_number:
      break;
  }
  return at_once(problem_response({Reason::internal, "This route has no answer."}));
}

}  // namespace taskwire::edge
