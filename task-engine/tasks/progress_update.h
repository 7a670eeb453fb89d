#pragma once

#include "base/error.h"
#include "taskwire/v1/task.pb.h"
#include "taskwire/v1/worker_service.pb.h"

namespace taskwire::engine {

/// Whether an update can be taken; `INVALID_PROGRESS`, naming the field and the mend.
[[nodiscard]] Result<void> check_update(const v1::ProgressUpdate& update);

/// What an attempt's progress becomes by an update that `check_update` takes: what is absent stays, what is in `clear`
/// is as at the attempt's begin, texts are cleaned and cut. `done` and `total` are those of the step that runs, whether
/// it tells them itself, which counts, or they are told for the whole. `done` falls only where `stage` or the step that
/// runs changes, or with `total` where both are told; `percent` is at least what it was. Pure.
[[nodiscard]] v1::Progress updated(v1::Progress progress, const v1::ProgressUpdate& update);

/// Whether what has changed must not be lost once it was answered: the stage, the condition, whether it is known how
/// far it is, or which steps there are and in which state.
[[nodiscard]] bool is_lasting_change(const v1::Progress& before, const v1::Progress& after);

}  // namespace taskwire::engine
