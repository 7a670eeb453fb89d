#pragma once

#include <google/protobuf/struct.pb.h>
#include <string>

#include "http/message.h"
#include "http/problem.h"

namespace taskwire::edge {

/// That a body may come as JSON: empty, or `Content-Type: application/json`. As body_type.
[[nodiscard]] Result<void> check_json_type(const HttpRequest& request);

/// That there is no body, or `{}`. As body_type and parse_object; INVALID_BODY.
[[nodiscard]] Result<void> check_no_body(const HttpRequest& request);

/// That `text` is one JSON text, nested at most 64 deep, to be passed on as it is. INVALID_JSON, as read_json.
[[nodiscard]] Result<void> check_json(const std::string& text);

/// The object that `text` spells. As parse_json; INVALID_BODY also where it is no object. The order of keys is not
/// kept.
[[nodiscard]] Result<google::protobuf::Struct> parse_object(const std::string& text);

}  // namespace taskwire::edge
