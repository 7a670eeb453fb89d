#pragma once

#include "progress/progress.h"
#include "taskwire/v1/worker_service.pb.h"

namespace taskwire::engine {

/// What has changed in what is read out of a program's output, as a worker's report has it.
[[nodiscard]] v1::ProgressUpdate changes(const progress::Progress& before, const progress::Progress& now);

}  // namespace taskwire::engine
