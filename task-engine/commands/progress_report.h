#pragma once

#include "progress/progress.h"
#include "taskwire/v1/worker_service.pb.h"

namespace taskwire::engine {

/// `now`, with what no report may have as it was `before`.
[[nodiscard]] progress::Progress tellable(const progress::Progress& before, progress::Progress now);

/// What has changed in what is read out of a program's output, as a worker's report has it.
[[nodiscard]] v1::ProgressUpdate changes(const progress::Progress& before, const progress::Progress& now);

}  // namespace taskwire::engine
