#pragma once

#include <string>
#include <string_view>

#include "taskwire/v1/event_service.pb.h"
#include "taskwire/v1/task.pb.h"
#include "taskwire/v1/task_service.pb.h"
#include "text/json_writer.h"

namespace taskwire::edge {

/// The state's name over HTTP: `queued`, `running` …
[[nodiscard]] std::string_view status_name(v1::TaskState state);
/// The state that `name` names, TASK_STATE_UNSPECIFIED where it names none.
[[nodiscard]] v1::TaskState status_state(std::string_view name);
/// Whether a task in `state` goes on no more by itself.
[[nodiscard]] bool has_ended(v1::TaskState state);

/// The data of a `taskUpdate`.
[[nodiscard]] std::string task_update_json(const v1::Event& event);
/// The data of a `taskDeleted`.
[[nodiscard]] std::string task_deleted_json(const v1::Event& event);

/// A task in an answer, with its attempts, and with params and result where the message has them.
[[nodiscard]] std::string task_json(const v1::Task& task);
/// The same with what its work is done under, where `lease` names one: `lease`, `leaseMs`, `leaseExpiresAt`.
[[nodiscard]] std::string task_json(const v1::Task& task, const v1::Lease& lease);
/// Without attempts.
[[nodiscard]] std::string task_list_json(const v1::ListTasksResponse& list);
[[nodiscard]] std::string task_types_json(const v1::ListTaskTypesResponse& types);
/// One of them.
[[nodiscard]] std::string task_type_json(const v1::TaskType& type);

/// How long a lease lasts: `leaseMs`, `leaseExpiresAt`.
void write_lease_time(JsonWriter& json, const v1::Lease& lease);

void write_struct(JsonWriter& json, const google::protobuf::Struct& object);

}  // namespace taskwire::edge
