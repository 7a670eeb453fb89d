#include "net/api.h"

#include <charconv>
#include <chrono>

#include "hub/json_body.h"
#include "hub/json_writer.h"
#include "hub/split.h"
#include "hub/task_json.h"
#include "resume/topic.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;

HttpResponse refuse(unsigned status, const char* reason, std::string detail) {
  return problem_response({status, reason, std::move(detail), 0});
}

HttpResponse accepted(const v1::Task& task) {
  auto response = json_response(202, task_json(task));
  response.headers.emplace_back("Location", "/api/tasks/" + task.user_id() + "/" + task.task_id());
  return response;
}

/// Reads a whole number of a query; an absent one is 0. False where it is none.
bool read_number(std::string_view text, int& number) {
  if (text.empty()) return true;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && stop == text.data() + text.size();
}

/// The key that makes repeating safe; the engine checks what is in it.
Result<std::string> idempotency_key(const HttpRequest& request) {
  const auto key = request.header("Idempotency-Key");
  if (key && key->empty()) {
    return tl::unexpected(Problem{400, "INVALID_REQUEST_ID", "Idempotency-Key has 1 to 255 visible ASCII characters."});
  }
  return std::string(key.value_or(""));
}

asio::awaitable<HttpResponse> start_task(const Services& services, const HttpRequest& request, const Route& route) {
  if (auto valid = check_json_type(request); !valid) co_return problem_response(valid.error());
  auto start = parse_start_body(request.body);
  if (!start) co_return problem_response(start.error());
  start->set_user_id(route.names[0]);
  auto key = idempotency_key(request);
  if (!key) co_return problem_response(key.error());
  start->set_request_id(std::move(*key));
  const auto started = co_await services.engine.start_task(*start);
  co_return started ? accepted(started->task()) : problem_response(started.error());
}

/// A command on one task: its request, its call, and what to answer when it was accepted.
template <class Request, class Call, class Then>
asio::awaitable<HttpResponse> command(const Route& route, Call call, Then then) {
  Request request;
  request.set_user_id(route.names[0]);
  request.set_task_id(route.names[1]);
  const auto done = co_await call(request);
  co_return done ? then(done->task()) : problem_response(done.error());
}

asio::awaitable<HttpResponse> list_tasks(const Services& services, const Target& target, const Route& route) {
  v1::ListTasksRequest request;
  request.set_user_id(route.names[0]);
  int page_size = 0;
  if (!read_number(target.parameter("pageSize").value_or(""), page_size)) {
    co_return refuse(400, "INVALID_PAGE_SIZE", "pageSize is a whole number from 1 to 1000.");
  }
  request.set_page_size(page_size);
  request.set_page_token(std::string(target.parameter("pageToken").value_or("")));
  auto states = target.parameter("status").value_or("");
  while (!states.empty()) {
    const auto state = status_state(take_part(states, ','));
    if (state == v1::TASK_STATE_UNSPECIFIED) {
      co_return refuse(
          400, "INVALID_STATUS",
          "status is a list of queued, running, cancelling, succeeded, failed and cancelled, with commas.");
    }
    request.add_states(state);
  }
  const auto list = co_await services.engine.list_tasks(request);
  co_return list ? json_response(200, task_list_json(*list)) : problem_response(list.error());
}

asio::awaitable<HttpResponse> task_types(const Services& services) {
  const auto types = co_await services.engine.list_task_types();
  co_return types ? json_response(200, task_types_json(*types)) : problem_response(types.error());
}

asio::awaitable<HttpResponse> publish(const Services& services, const HttpRequest& request, const Target& target,
                                      const Route& route) {
  constexpr std::size_t kMaxPayload = 64 << 10;
  if (route.names[0] == "pulse") co_return refuse(403, "TOPIC_READ_ONLY", "Pulses are recorded with POST /pulse.");
  if (request.body.size() > kMaxPayload) co_return refuse(413, "PAYLOAD_TOO_LARGE", "An event carries at most 64 KiB.");
  if (request.body.empty()) co_return refuse(400, "INVALID_JSON", "Send the event's data as a JSON body.");
  if (auto valid = check_json_type(request); !valid) co_return problem_response(valid.error());
  if (auto valid = check_json(request.body); !valid) co_return problem_response(valid.error());
  v1::PublishRequest event;
  event.set_topic(topic_name(TopicKind::channels, route.names[0]));
  event.set_type(std::string(target.parameter("event").value_or("")));
  event.set_data(request.body);
  auto key = idempotency_key(request);
  if (!key) co_return problem_response(key.error());
  event.set_request_id(std::move(*key));
  int retry_ms = 0;
  if (!read_number(target.parameter("retry").value_or(""), retry_ms))
    co_return refuse(400, "INVALID_RETRY", "retry is 100 to 3600000 milliseconds.");
  event.set_retry_ms(retry_ms);
  const auto published = co_await services.engine.publish(event);
  if (!published) co_return problem_response(published.error());
  HttpResponse response = json_response(202, {});
  JsonWriter(response.body).begin_object().member("id", published->cursor()).end_object();
  co_return response;
}

HttpResponse readyz(const Services& services) {
  constexpr int kRetryAfterS = 1;
  if (!services.upstream.was_synced()) {
    return problem_response({503, "NOT_SYNCED", "This edge has not reached the engine yet.", kRetryAfterS});
  }
  const auto lost = services.upstream.lost_since();
  if (lost && std::chrono::steady_clock::now() - *lost > services.config.engine_grace) {
    return problem_response(
        {503, "ENGINE_UNAVAILABLE", "This edge has been without the engine for too long.", kRetryAfterS});
  }
  return json_response(200, R"({"status":"ready"})");
}

}  // namespace

asio::awaitable<HttpResponse> answer(const Services& services, const HttpRequest& request, const Target& target,
                                     const Route& route) {
  auto& engine = services.engine;
  const auto ok = [](const v1::Task& task) { return json_response(200, task_json(task)); };
  const auto no_content = [](const v1::Task&) { return HttpResponse{204, {}, {}, nullptr}; };
  switch (route.endpoint) {
    case Endpoint::start_task:
      co_return co_await start_task(services, request, route);
    case Endpoint::list_tasks:
      co_return co_await list_tasks(services, target, route);
    case Endpoint::task_types:
      co_return co_await task_types(services);
    case Endpoint::publish:
      co_return co_await publish(services, request, target, route);
    case Endpoint::get_task: {
      const auto call = [&engine](const v1::GetTaskRequest& get) { return engine.get_task(get); };
      co_return co_await command<v1::GetTaskRequest>(route, call, ok);
    }
    case Endpoint::delete_task: {
      const auto call = [&engine](const v1::DeleteTaskRequest& remove) { return engine.delete_task(remove); };
      co_return co_await command<v1::DeleteTaskRequest>(route, call, no_content);
    }
    case Endpoint::cancel_task: {
      const auto call = [&engine](const v1::CancelTaskRequest& cancel) { return engine.cancel_task(cancel); };
      co_return co_await command<v1::CancelTaskRequest>(route, call, accepted);
    }
    case Endpoint::retry_task: {
      const auto call = [&engine](const v1::RetryTaskRequest& retry) { return engine.retry_task(retry); };
      co_return co_await command<v1::RetryTaskRequest>(route, call, accepted);
    }
    case Endpoint::healthz:
      co_return json_response(200, R"({"status":"ok"})");
    case Endpoint::readyz:
      co_return readyz(services);
    case Endpoint::user_stream:
    case Endpoint::task_stream:
    case Endpoint::topic_stream:
    case Endpoint::channel_stream:
      break;
  }
  co_return refuse(500, "INTERNAL", "This route has no answer.");
}

}  // namespace taskwire::edge
