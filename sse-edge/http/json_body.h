#pragma once

#include <google/protobuf/struct.pb.h>
#include <string>

#include "http/message.h"
#include "http/problem.h"
#include "taskwire/v1/task_service.pb.h"

namespace taskwire::edge {

/// That a body may come as JSON: empty, or `Content-Type: application/json`. As body_type.
[[nodiscard]] Result<void> check_json_type(const HttpRequest& request);

/// That there is no body, or `{}`. As body_type and parse_object; INVALID_BODY.
[[nodiscard]] Result<void> check_no_body(const HttpRequest& request);

/// That `text` is one JSON text, nested at most 64 deep, to be passed on as it is. INVALID_JSON, as read_json.
[[nodiscard]] Result<void> check_json(const std::string& text);

/// The body of "start a task", `{"type","taskName","params","notBefore","timeLimitMs","maxAttempts"}`, all optional. An
/// empty body counts as `{}`. As parse_object; INVALID_BODY also where a key is unknown or of the wrong type;
/// INVALID_NOT_BEFORE: it is no RFC 3339 time; INVALID_MAX_ATTEMPTS: it is no number of attempts. The engine judges the
/// rest.
[[nodiscard]] Result<v1::StartTaskRequest> parse_start_body(const std::string& body);

/// The object that `text` spells. INVALID_JSON, as read_json, nested at most 30 deep; INVALID_BODY where it is no
/// object, or has what would arrive as something else: a whole number beyond ±2^53, a number beyond a double, half of a
/// surrogate pair. The order of keys is not kept.
[[nodiscard]] Result<google::protobuf::Struct> parse_object(const std::string& text);

}  // namespace taskwire::edge
