#pragma once

#include <string>

#include "taskwire/v1/worker_service.pb.h"

namespace taskwire::edge {

/// `{"assignments":[{"lease","leaseMs","leaseExpiresAt","task"}]}`.
[[nodiscard]] std::string claim_json(const v1::ClaimResponse& claimed);

/// `{"leaseMs","leaseExpiresAt","cancelRequested"}`.
[[nodiscard]] std::string report_json(const v1::ReportResponse& reported);

}  // namespace taskwire::edge
