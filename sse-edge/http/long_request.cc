#include "http/long_request.h"

#include "http/json_body.h"
#include "http/proto_time.h"
#include "http/publication.h"
#include "http/relative_reference.h"
#include "http/task_json.h"
#include "resume/limits.h"
#include "text/json_writer.h"

namespace taskwire::edge {
namespace {

constexpr const char* kTooLarge = "The object is larger as JSON than the 61,440 bytes of a message. Send less.";

/// The key within the scope of its method and path: the engine knows all starts of a user's tasks as one scope.
Result<std::string> scoped_key(const HttpRequest& request, const Route& route) {
  auto key = idempotency_key(request);
  if (!key || key->empty()) return key;
  const auto scope = request.method + (route.endpoint == Endpoint::run_attempts ? "/sse/task:" : "/sse/object:");
  if (scope.size() + key->size() > kMostRequestKeyBytes) {
    return refuse(Reason::invalid_request_id, "Idempotency-Key has at most " +
                                                  std::to_string(kMostRequestKeyBytes - scope.size()) +
                                                  " characters on this path.");
  }
  return scope + *key;
}

}  // namespace

Result<v1::StartTaskRequest> parse_long_request(const HttpRequest& request, const Route& route) {
  if (auto valid = check_json_type(request); !valid) return tl::unexpected(valid.error());
  auto key = scoped_key(request, route);
  if (!key) return tl::unexpected(key.error());
  v1::StartTaskRequest start;
  start.set_user_id(route.names[0]);
  start.set_request_id(std::move(*key));
  if (route.endpoint == Endpoint::run_attempts) {
    if (auto valid = check_no_body(request); !valid) return tl::unexpected(valid.error());
    start.set_type("attempts");
    start.set_name("Ten attempts");
    return start;
  }
  start.set_type("countdown");
  start.set_name("Countdown to an object");
  if (request.body.empty()) return start;
  auto object = parse_object(request.body);
  if (!object) return tl::unexpected(object.error());
  std::string json;
  JsonWriter writer(json);
  write_struct(writer, *object);
  if (json.size() > kMostPayloadBytes) return refuse(Reason::payload_too_large, kTooLarge);
  *(*start.mutable_params()->mutable_fields())["result"].mutable_struct_value() = std::move(*object);
  return start;
}

HttpResponse long_answer(const v1::Task& task) {
  if (task.state() == v1::TASK_STATE_CANCELLED)
    return problem_response({Reason::task_cancelled, "The task was cancelled. Send the request again to run it anew."});
  if (find_reason(task.error().reason()) == Reason::payload_too_large)  // as the engine writes it
    return problem_response({Reason::payload_too_large, kTooLarge});
  if (task.state() != v1::TASK_STATE_SUCCEEDED)
    return problem_response({Reason::task_failed, task.error().reason() + ": " + task.error().message()});
  auto response = json_response(200, {});
  JsonWriter(response.body)
      .begin_object()
      .member("message", "Task completed")
      .member("data", "User '" + task.user_id() + "' completed the task at: " + time_text(task.end_time()))
      .end_object();
  return response;
}

std::string task_location(const HttpRequest& request, const v1::Task& task) {
  return relative_reference(request.target, "/api/tasks/" + task.user_id() + "/" + task.task_id());
}

}  // namespace taskwire::edge
