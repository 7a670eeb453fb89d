#pragma once

#include <cstddef>
#include <string>

#include "http/problem.h"
#include "taskwire/v1/worker_service.pb.h"

namespace taskwire::edge {

// The bodies of work done outside. Each is one JSON object; as parse_members. What they mean is in
// worker_service.proto; the engine judges the rest.

/// How large the bodies may be.
inline constexpr std::size_t kMostClaimBytes = std::size_t{16} << 10;
inline constexpr std::size_t kMostReportBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMostFinishBytes = std::size_t{3} << 20;

/// `{"description","params","maxRunning","maxRunningPerUser","timeLimitMs","retry":{"attempts","backoffMs",
/// "maxBackoffMs"}}`, all optional.
[[nodiscard]] Result<v1::RegisterTypeRequest> parse_type_body(const std::string& body);

/// `{"worker","types","max","waitMs"}`.
[[nodiscard]] Result<v1::ClaimRequest> parse_claim_body(const std::string& body);

/// `{"lease","seq","progress"}`. As read_progress.
[[nodiscard]] Result<v1::ReportRequest> parse_report_body(const std::string& body);

/// `{"lease","progress"}` and one of `"result"`, `"error":{"reason","message","retryable"}` and `"cancelled":true`. As
/// read_progress; INVALID_OUTCOME unless it is one.
[[nodiscard]] Result<v1::FinishRequest> parse_finish_body(const std::string& body);

}  // namespace taskwire::edge
