#pragma once

#include <google/protobuf/repeated_ptr_field.h>
#include <string>
#include <vector>

#include "store/store.h"
#include "tasks/attempt_id.h"
#include "taskwire/v1/worker_service.pb.h"

namespace taskwire::engine {

/// What a worker reports of what its work prints.
using Outputs = google::protobuf::RepeatedPtrField<v1::Output>;

/// `INVALID_OUTPUT`: what it cannot be, whatever was reported before.
[[nodiscard]] Result<void> check_output(const Outputs& outputs);

/// What is to be kept of it.
struct NewOutput {
  OutputRun run;
  std::vector<OutputPiece> pieces;
  bool is_any = false;  ///< Something that was not reported before.
};

/// What of it was not reported before by the attempt, which is under way. Writes nothing. `OUTPUT_GAP`: something
/// between is missing.
[[nodiscard]] Result<NewOutput> fold_output(Transaction& transaction, const AttemptId& attempt, const Outputs& outputs,
                                            const OutputLimits& limits);
/// Keeps it.
void put_output(Transaction& transaction, const AttemptId& attempt, const NewOutput& output,
                const OutputLimits& limits);

}  // namespace taskwire::engine
