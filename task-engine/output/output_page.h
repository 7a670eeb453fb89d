#pragma once

#include "base/error.h"
#include "store/store.h"
#include "taskwire/v1/worker_service.pb.h"

namespace taskwire::engine {

/// A page holds so many bytes of text, and then the rest of its last piece.
inline constexpr std::size_t kOutputPageBytes = std::size_t{256} << 10;

/// Whether a request is one: `INVALID_LIMIT`.
[[nodiscard]] Result<void> check_read_output(const v1::ReadOutputRequest& request);

/// What there is to answer to a ReadOutput at present: `TASK_NOT_FOUND`.
[[nodiscard]] Result<v1::ReadOutputResponse> read_output(ReadTransaction& reader, const v1::ReadOutputRequest& request);

/// Whether that is something new to who asked.
[[nodiscard]] bool has_news(const v1::ReadOutputRequest& request, const v1::ReadOutputResponse& response);

}  // namespace taskwire::engine
