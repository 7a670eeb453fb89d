#pragma once

#include "base/error.h"
#include "tasks/catalogue.h"
#include "taskwire/v1/worker_service.pb.h"

namespace taskwire::engine {

/// What of a worker's requests can be judged without looking at what is there, but for the catalogue. The errors are
/// those that the proto names.

[[nodiscard]] Result<void> check_type(const Catalogue& catalogue, const v1::RegisterTypeRequest& request);
/// `INVALID_TYPE` or `TYPE_BUILT_IN`: such a type is not registered, nor forgotten.
[[nodiscard]] Result<void> check_registrable(const Catalogue& catalogue, const std::string& name);
[[nodiscard]] Result<void> check_claim(const Catalogue& catalogue, const v1::ClaimRequest& request);
[[nodiscard]] Result<void> check_report(const v1::ReportRequest& request);
[[nodiscard]] Result<void> check_finish(const v1::FinishRequest& request);

}  // namespace taskwire::engine
