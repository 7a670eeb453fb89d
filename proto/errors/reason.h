#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace taskwire {

/// gRPC's canonical codes, by number.
enum class GrpcCode {
  ok = 0,
  cancelled = 1,
  invalid_argument = 3,
  not_found = 5,
  permission_denied = 7,
  resource_exhausted = 8,
  failed_precondition = 9,
  internal = 13,
  unavailable = 14,
};

/// Why something was refused or failed: the one list for gRPC (`REASON: text` in the status message), HTTP (`reason` of
/// an RFC 9457 problem) and the errors of tasks. What each means is in `reasons()`.
enum class Reason {
  // What is asked for.
  not_found,
  method_not_allowed,
  task_not_found,
  task_ended,
  task_not_ended,
  task_not_retryable,
  claim_required,
  type_not_found,
  type_in_use,
  lease_lost,
  already_finished,
  output_gap,
  topic_read_only,
  topic_forbidden,
  cursor_expired,
  // What is wrong with a name, a parameter or a body.
  invalid_user_id,
  invalid_task_id,
  invalid_channel,
  invalid_topic,
  missing_topic,
  too_many_topics,
  invalid_from,
  invalid_types,
  invalid_cursor,
  invalid_limit,
  invalid_page_size,
  invalid_page_token,
  invalid_status,
  invalid_name,
  unknown_task_type,
  invalid_params,
  params_too_large,
  invalid_not_before,
  invalid_time_limit,
  invalid_max_attempts,
  invalid_type,
  type_built_in,
  unsupported_schema,
  invalid_worker,
  invalid_lease,
  invalid_progress,
  invalid_outcome,
  invalid_output,
  invalid_event_type,
  invalid_data,
  invalid_retry,
  invalid_batch,
  payload_too_large,
  invalid_request_id,
  malformed_message,
  idempotency_key_reused,
  invalid_json,
  invalid_body,
  unsupported_media_type,
  unsupported_content_coding,
  range_not_satisfiable,
  // What is wrong with an HTTP request as such, and who may ask.
  malformed_request,
  malformed_target,
  repeated_parameter,
  missing_host,
  several_hosts,
  unknown_host,
  foreign_origin,
  prefetch_refused,
  header_too_large,
  body_too_large,
  unsupported_transfer_coding,
  unsupported_expectation,
  request_timeout,
  // What the services cannot do now.
  too_many_connections,
  too_many_from_address,
  too_many_of_user,
  too_many_calls,
  too_many_watches,
  too_many_resets,
  too_many_appends,
  too_many_reads,
  queue_full,
  too_many_claims,
  too_many_leases,
  too_many_types,
  unknown_outcome,
  store_failed,
  shutting_down,
  not_synced,
  engine_unavailable,
  engine_error,
  internal,
  cancelled,
  // How a long request's task ended.
  task_failed,
  task_cancelled,
  task_not_done,
  // Errors of tasks.
  interrupted,
  engine_crashed,
  time_limit,
  worker_lost,
  exit_status,
  signal,
  simulated_failure,
  result_too_large,
  path_not_found,
  path_forbidden,
  not_a_folder,
  unreadable,
  name_not_utf8,
  too_many_files,
  stale_report,
  // Why a service does not start.
  cannot_start,
};

/// What a reason means and how it is told.
struct ReasonInfo {
  Reason reason;
  std::string_view name;     ///< Upper snake case, for programs.
  GrpcCode grpc;             ///< `ok`: gRPC never tells it.
  unsigned http;             ///< 0: HTTP never tells it.
  std::string_view meaning;  ///< One sentence, for people.
};

/// All of them, in the order of the enumeration.
[[nodiscard]] std::span<const ReasonInfo> reasons();

[[nodiscard]] const ReasonInfo& info(Reason reason);

/// The reason of that name, or nothing.
[[nodiscard]] std::optional<Reason> find_reason(std::string_view name);

}  // namespace taskwire
