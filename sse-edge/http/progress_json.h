#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "http/problem.h"
#include "taskwire/v1/task.pb.h"
#include "taskwire/v1/worker_service.pb.h"
#include "text/json_writer.h"

namespace taskwire::edge {

/// What a worker tells of its progress,
/// `{"done","total","unit","percent","indeterminate","condition","stage","message", "steps"}`: an absent key stays as
/// it is, null clears it. `name` is its own, for errors. INVALID_BODY where it is no object, or a key is unknown or of
/// the wrong type; INVALID_PROGRESS for a condition, or a state of a step, that there is not. The engine judges the
/// rest.
[[nodiscard]] Result<void> read_progress(const nlohmann::json& value, const std::string& name,
                                         v1::ProgressUpdate& update);

/// The keys of a task that are there where they apply: `indeterminate`, `condition`, `steps`.
void write_progress_details(JsonWriter& json, const v1::Progress& progress);

}  // namespace taskwire::edge
