#include "http/task_json.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "http/progress_json.h"
#include "http/proto_time.h"

namespace taskwire::edge {
namespace {

constexpr std::array<std::pair<v1::TaskState, std::string_view>, 6> kStatusNames = {{
    {v1::TASK_STATE_QUEUED, "queued"},
    {v1::TASK_STATE_RUNNING, "running"},
    {v1::TASK_STATE_CANCELLING, "cancelling"},
    {v1::TASK_STATE_SUCCEEDED, "succeeded"},
    {v1::TASK_STATE_FAILED, "failed"},
    {v1::TASK_STATE_CANCELLED, "cancelled"},
}};

constexpr std::array<std::pair<v1::QueuedBecause, std::string_view>, 3> kQueuedBecause = {{
    {v1::QUEUED_BECAUSE_NO_WORKER, "NO_WORKER"},
    {v1::QUEUED_BECAUSE_LIMIT, "LIMIT"},
    {v1::QUEUED_BECAUSE_NOT_BEFORE, "NOT_BEFORE"},
}};

void write_value(JsonWriter& json, const google::protobuf::Value& value) {
  using google::protobuf::Value;
  switch (value.kind_case()) {
    case Value::kNumberValue:
      json.value(value.number_value());
      return;
    case Value::kStringValue:
      json.value(std::string_view(value.string_value()));
      return;
    case Value::kBoolValue:
      json.value(value.bool_value());
      return;
    case Value::kStructValue:
      write_struct(json, value.struct_value());
      return;
    case Value::kListValue:
      json.begin_array();
      for (const auto& element : value.list_value().values()) write_value(json, element);
      json.end_array();
      return;
    case Value::kNullValue:
    case Value::KIND_NOT_SET:
      json.null();
      return;
  }
}

void write_error(JsonWriter& json, const v1::TaskError& error) {
  json.key("error").begin_object().member("reason", error.reason()).member("message", error.message()).end_object();
}

/// The keys that events and answers share.
void write_task(JsonWriter& json, const v1::Task& task, std::string_view cursor,
                const google::protobuf::Timestamp& time) {
  const auto& progress = task.progress();
  json.member("eventId", cursor)
      .member("taskId", task.task_id())
      .member("userId", task.user_id())
      .member("taskName", task.name())
      .member("progressPercentage", std::int64_t{progress.percent()})
      .member("status", status_name(task.state()))
      .member("timestamp", time_text(time))
      .member("message", progress.message())
      .member("type", task.type())
      .member("attempt", std::int64_t{task.attempt()})
      .member("done", std::int64_t{progress.done()})
      .member("total", std::int64_t{progress.total()})
      .member("unit", progress.unit())
      .member("stage", progress.stage())
      .member("createdAt", time_text(task.create_time()));
  if (task.has_start_time()) json.member("startedAt", time_text(task.start_time()));
  if (task.has_end_time()) json.member("finishedAt", time_text(task.end_time()));
  if (task.has_error()) write_error(json, task.error());
  if (task.has_not_before()) json.member("notBefore", time_text(task.not_before()));
  if (task.time_limit_ms() > 0) json.member("timeLimitMs", std::int64_t{task.time_limit_ms()});
  if (task.max_attempts() > 1)
    json.member("maxAttempts", std::int64_t{task.max_attempts()})
        .member("lastAttempt", std::int64_t{task.last_attempt()});
  write_progress_details(json, progress);
}

template <class Attempt>
void write_attempt(JsonWriter& json, const Attempt& attempt, v1::TaskState outcome) {
  json.begin_object().member("attempt", std::int64_t{attempt.attempt()});
  if (attempt.has_start_time()) json.member("startedAt", time_text(attempt.start_time()));
  if (attempt.has_end_time()) json.member("finishedAt", time_text(attempt.end_time()));
  if (has_ended(outcome)) json.member("outcome", status_name(outcome));
  if (attempt.has_error()) write_error(json, attempt.error());
  json.end_object();
}

/// All that have begun or ended, the present one last.
void write_attempts(JsonWriter& json, const v1::Task& task) {
  json.key("attempts").begin_array();
  for (const auto& attempt : task.past_attempts()) write_attempt(json, attempt, attempt.outcome());
  if (task.has_start_time() || task.has_end_time()) write_attempt(json, task, task.state());
  json.end_array();
}

/// The members of a task in an answer.
void write_answer(JsonWriter& json, const v1::Task& task, bool with_attempts) {
  write_task(json, task, task.cursor(), task.update_time());
  for (const auto& [because, name] : kQueuedBecause) {
    if (because == task.queued_because()) json.member("queuedBecause", name);
  }
  if (task.queue_position() > 0) json.member("queuePosition", std::int64_t{task.queue_position()});
  if (!task.worker().empty()) json.member("worker", task.worker());
  if (with_attempts) write_attempts(json, task);
  if (task.has_params()) write_struct(json.key("params"), task.params());
  if (task.has_result()) write_struct(json.key("result"), task.result());
}

void write_type(JsonWriter& json, const v1::TaskType& type) {
  json.begin_object().member("type", type.type()).member("description", type.description());
  write_struct(json.key("params"), type.params_schema());
  if (type.has_workers()) json.member("workers", std::int64_t{type.workers()});
  json.member("waiting", std::int64_t{type.waiting()}).end_object();
}

}  // namespace

std::string_view status_name(v1::TaskState state) {
  for (const auto& [known, name] : kStatusNames) {
    if (known == state) return name;
  }
  return "running";  // a state of a later version: not ended
}

v1::TaskState status_state(std::string_view name) {
  for (const auto& [state, known] : kStatusNames) {
    if (known == name) return state;
  }
  return v1::TASK_STATE_UNSPECIFIED;
}

bool has_ended(v1::TaskState state) {
  return state == v1::TASK_STATE_SUCCEEDED || state == v1::TASK_STATE_FAILED || state == v1::TASK_STATE_CANCELLED;
}

std::string task_update_json(const v1::Event& event) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  write_task(json, event.task(), event.cursor(), event.time());
  json.end_object();
  return text;
}

std::string task_deleted_json(const v1::Event& event) {
  std::string text;
  JsonWriter(text)
      .begin_object()
      .member("eventId", event.cursor())
      .member("taskId", event.task_deleted().task_id())
      .member("userId", event.task_deleted().user_id())
      .member("timestamp", time_text(event.time()))
      .end_object();
  return text;
}

std::string task_json(const v1::Task& task) {
  return task_json(task, v1::Lease::default_instance());
}

std::string task_json(const v1::Task& task, const v1::Lease& lease) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  write_answer(json, task, true);
  if (!lease.lease().empty()) {
    json.member("lease", lease.lease());
    write_lease_time(json, lease);
  }
  json.end_object();
  return text;
}

std::string task_list_json(const v1::ListTasksResponse& list) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("asOf", list.as_of()).key("tasks").begin_array();
  for (const auto& task : list.tasks()) {
    json.begin_object();
    write_answer(json, task, false);
    json.end_object();
  }
  json.end_array().member("nextPageToken", list.next_page_token()).end_object();
  return text;
}

std::string task_types_json(const v1::ListTaskTypesResponse& types) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("types").begin_array();
  for (const auto& type : types.types()) write_type(json, type);
  json.end_array().end_object();
  return text;
}

std::string task_type_json(const v1::TaskType& type) {
  std::string text;
  JsonWriter json(text);
  write_type(json, type);
  return text;
}

void write_lease_time(JsonWriter& json, const v1::Lease& lease) {
  json.member("leaseMs", std::int64_t{lease.lease_ms()}).member("leaseExpiresAt", time_text(lease.expire_time()));
}

void write_struct(JsonWriter& json, const google::protobuf::Struct& object) {
  json.begin_object();
  std::vector<std::string_view> names;
  for (const auto& field : object.fields()) names.push_back(field.first);
  std::sort(names.begin(), names.end());
  for (const auto name : names) write_value(json.key(name), object.fields().at(std::string(name)));
  json.end_object();
}

}  // namespace taskwire::edge
