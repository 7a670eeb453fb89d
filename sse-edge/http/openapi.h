#pragma once

#include "http/message.h"

namespace taskwire::edge {

/// The description of everything that is served (OpenAPI 3.1); its source is `sse-edge/openapi.json`.
[[nodiscard]] HttpResponse openapi_response();

}  // namespace taskwire::edge
