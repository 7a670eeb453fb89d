#include "work/work_request.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "resume/ascii.h"
#include "tasks/progress_update.h"
#include "tasks/schema_syntax.h"
#include "tasks/start_request.h"
#include "tasks/task_limits.h"
#include "text/lease_name.h"
#include "work/output_report.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kMostReasonBytes = 64;
constexpr std::size_t kMostDescriptionBytes = 4096;
constexpr int kMostRunning = 1'000'000;
constexpr std::int64_t kMostBackoffMs = std::int64_t{24} * 60 * 60 * 1000;
constexpr int kMostTypes = 100;
constexpr std::int64_t kMostWaitMs = 60'000;

bool is_reason(std::string_view reason) {
  return reason.empty() ||
         (reason.size() <= kMostReasonBytes && is_upper(reason[0]) &&
          std::all_of(reason.begin(), reason.end(), [](char c) { return is_upper(c) || is_digit(c) || c == '_'; }));
}

Result<void> check_range(Reason reason, const std::string& what, std::int64_t value, std::int64_t most) {
  if (value >= 0 && value <= most) return {};
  return refuse(reason, what + " is 0 to " + std::to_string(most) + ", not " + std::to_string(value));
}

Result<void> check_retry(const v1::Retry& retry) {
  return check_range(Reason::invalid_max_attempts, "retry.attempts", retry.attempts(), kMostAttempts)
      .and_then(
          [&] { return check_range(Reason::invalid_limit, "retry.backoff_ms", retry.backoff_ms(), kMostBackoffMs); })
      .and_then([&] {
        return check_range(Reason::invalid_limit, "retry.max_backoff_ms", retry.max_backoff_ms(), kMostBackoffMs);
      });
}

Result<void> check_done_outside(const Catalogue& catalogue, const std::string& name) {
  const auto type = catalogue.find(name);
  if (!type)
    return refuse(Reason::unknown_task_type, "there is no type '" + clean_text(name, kMostTypeNameBytes) +
                                                 "'; register it first, and claim it then");
  if (type->built_in != nullptr || type->is_of_caller)
    return refuse(Reason::type_built_in, "work of type '" + name + "' is not done by workers; claim another");
  return {};
}

bool is_hex(std::string_view text, std::size_t length) {
  return text.size() == length &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

Result<void> check_lease(const std::string& lease) {
  if (is_hex(lease, kLeaseLength)) return {};
  return refuse(Reason::invalid_lease, "a lease is 32 hexadecimal digits, as it was answered to the claim");
}

Result<void> check_lease_prefix(const v1::ClaimRequest& request) {
  if (request.lease_prefix().empty()) return {};
  if (!request.request_id().empty())
    return refuse(Reason::invalid_lease,
                  "leave out either request_id or lease_prefix; each makes a lost answer harmless");
  if (is_hex(request.lease_prefix(), kLeasePrefixLength)) return {};
  return refuse(Reason::invalid_lease, "a lease_prefix is 28 hexadecimal digits, 0-9 and a-f");
}

}  // namespace

Result<void> check_registrable(const Catalogue& catalogue, const std::string& name) {
  if (!is_type_name(name))
    return refuse(Reason::invalid_type, "a type's name is 1 to 64 of a-z 0-9 . _ -, and begins with a letter");
  const auto known = catalogue.find(name);
  if (known && (known->built_in != nullptr || known->is_of_caller))
    return refuse(Reason::type_built_in, "'" + name + "' is a type of the engine's own; take another name");
  return {};
}

Result<void> check_type(const Catalogue& catalogue, const v1::RegisterTypeRequest& request) {
  if (auto checked = check_registrable(catalogue, request.type()); !checked) return checked;
  if (request.description().size() > kMostDescriptionBytes || !is_utf8(request.description()))
    return refuse(Reason::invalid_type, "a type's description is at most 4 KiB of UTF-8");
  if (auto checked = check_range(Reason::invalid_limit, "max_running", request.max_running(), kMostRunning); !checked)
    return checked;
  if (auto checked =
          check_range(Reason::invalid_limit, "max_running_per_user", request.max_running_per_user(), kMostRunning);
      !checked)
    return checked;
  if (auto checked =
          check_range(Reason::invalid_time_limit, "time_limit_ms", request.time_limit_ms(), kMostTimeLimitMs);
      !checked)
    return checked;
  if (auto checked = check_retry(request.retry()); !checked || !request.has_params_schema()) return checked;
  return check_schema(request.params_schema());
}

Result<void> check_claim(const Catalogue& catalogue, const v1::ClaimRequest& request) {
  if (auto checked = check_worker(request.worker(), false); !checked) return checked;
  if (request.types_size() < 1 || request.types_size() > kMostTypes)
    return refuse(Reason::invalid_types, "a claim names 1 to 100 types, not " + std::to_string(request.types_size()));
  for (const auto& type : request.types()) {
    if (auto checked = check_done_outside(catalogue, type); !checked) return checked;
  }
  if (request.max() < 0 || request.max() > kMostLeases)
    return refuse(Reason::invalid_limit,
                  "max is 1 to 100, or is left out for 1; it is not " + std::to_string(request.max()));
  if (auto checked = check_lease_prefix(request); !checked) return checked;
  return check_range(Reason::invalid_limit, "wait_ms", request.wait_ms(), kMostWaitMs);
}

Result<void> check_finish(const v1::FinishRequest& request) {
  if (auto checked = check_lease(request.lease()); !checked) return checked;
  if (request.outcome_case() == v1::FinishRequest::OUTCOME_NOT_SET || (request.has_cancelled() && !request.cancelled()))
    return refuse(Reason::invalid_outcome, "say how the work ended: with a result, an error, or cancelled: true");
  if (request.has_error() && !is_reason(request.error().reason()))
    return refuse(Reason::invalid_outcome, "an error's reason is 1 to 64 of A-Z 0-9 _, and begins with a letter");
  if (auto checked = check_output(request.output()); !checked) return checked;
  return check_update(request.progress());
}

Result<void> check_report(const v1::ReportRequest& request) {
  if (auto checked = check_lease(request.lease()); !checked) return checked;
  if (request.seq() < 0) return refuse(Reason::invalid_progress, "a report's seq is 1 or more, or absent");
  if (auto checked = check_output(request.output()); !checked) return checked;
  return check_update(request.progress());
}

}  // namespace taskwire::engine
