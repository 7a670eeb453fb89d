#pragma once

#include <cstddef>
#include <string_view>

#include "taskwire/v1/task.pb.h"

namespace taskwire::engine {

/// How many bytes `text`, which is UTF-8, takes at most within a JSON string.
[[nodiscard]] std::size_t json_bytes(std::string_view text);

/// Shortens the progress message, so that the data of the task's `taskUpdate` stays within `kMostPayloadBytes` however
/// its texts are escaped. All other texts have to be within their own bounds.
void fit_update(v1::Task& task);

}  // namespace taskwire::engine
