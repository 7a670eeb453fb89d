#include "errors/reason.h"

#include <algorithm>
#include <array>

namespace taskwire {
namespace {

using enum GrpcCode;

constexpr std::array kReasons = {
    ReasonInfo{Reason::not_found, "NOT_FOUND", ok, 404, "Nothing is at this path."},
    ReasonInfo{Reason::method_not_allowed, "METHOD_NOT_ALLOWED", ok, 405, "The path takes the methods of Allow only."},
    ReasonInfo{Reason::task_not_found, "TASK_NOT_FOUND", not_found, 404, "The user has no such task."},
    ReasonInfo{Reason::task_ended, "TASK_ENDED", failed_precondition, 409,
               "A task that has ended cannot be cancelled."},
    ReasonInfo{Reason::task_not_ended, "TASK_NOT_ENDED", failed_precondition, 409,
               "Only a task that has ended can be deleted."},
    ReasonInfo{Reason::task_not_retryable, "TASK_NOT_RETRYABLE", failed_precondition, 409,
               "Only a failed or cancelled task can be retried."},
    ReasonInfo{Reason::claim_required, "CLAIM_REQUIRED", failed_precondition, 409,
               "Nobody but the caller does such work, who has to claim it."},
    ReasonInfo{Reason::type_not_found, "TYPE_NOT_FOUND", not_found, 404, "There is no such task type."},
    ReasonInfo{Reason::type_in_use, "TYPE_IN_USE", failed_precondition, 409, "Tasks of the type have not ended."},
    ReasonInfo{Reason::lease_lost, "LEASE_LOST", failed_precondition, 409, "The lease is over, or never was."},
    ReasonInfo{Reason::already_finished, "ALREADY_FINISHED", failed_precondition, 409,
               "The work was finished in another way before."},
    ReasonInfo{Reason::output_gap, "OUTPUT_GAP", failed_precondition, 409, "Output before this was not reported."},
    ReasonInfo{Reason::topic_read_only, "TOPIC_READ_ONLY", permission_denied, 403,
               "The engine alone writes to this topic."},
    ReasonInfo{Reason::topic_forbidden, "TOPIC_FORBIDDEN", permission_denied, 403, "The topic may not be read."},
    ReasonInfo{Reason::cursor_expired, "CURSOR_EXPIRED", ok, 410, "What followed the cursor is no longer kept."},

    ReasonInfo{Reason::invalid_user_id, "INVALID_USER_ID", invalid_argument, 400, "The user id is no name."},
    ReasonInfo{Reason::invalid_task_id, "INVALID_TASK_ID", ok, 400, "The task id is none."},
    ReasonInfo{Reason::invalid_channel, "INVALID_CHANNEL", ok, 400, "The channel's name is no name."},
    ReasonInfo{Reason::invalid_topic, "INVALID_TOPIC", invalid_argument, 400, "The text is no topic."},
    ReasonInfo{Reason::missing_topic, "MISSING_TOPIC", ok, 400, "At least one topic is needed."},
    ReasonInfo{Reason::too_many_topics, "TOO_MANY_TOPICS", ok, 400, "More topics than one request may name."},
    ReasonInfo{Reason::invalid_from, "INVALID_FROM", ok, 400, "from is none of now, snapshot and earliest."},
    ReasonInfo{Reason::invalid_types, "INVALID_TYPES", invalid_argument, 400, "types is no list of types."},
    ReasonInfo{Reason::invalid_cursor, "INVALID_CURSOR", invalid_argument, 400, "The text is no cursor."},
    ReasonInfo{Reason::invalid_limit, "INVALID_LIMIT", invalid_argument, 400, "A limit is out of range."},
    ReasonInfo{Reason::invalid_page_size, "INVALID_PAGE_SIZE", invalid_argument, 400, "The page size is out of range."},
    ReasonInfo{Reason::invalid_page_token, "INVALID_PAGE_TOKEN", invalid_argument, 400,
               "The page token was never answered."},
    ReasonInfo{Reason::invalid_status, "INVALID_STATUS", invalid_argument, 400, "There is no such state of a task."},
    ReasonInfo{Reason::invalid_name, "INVALID_NAME", invalid_argument, 400,
               "The task's name is too long or no plain text."},
    ReasonInfo{Reason::unknown_task_type, "UNKNOWN_TASK_TYPE", invalid_argument, 400, "There is no such task type."},
    ReasonInfo{Reason::invalid_params, "INVALID_PARAMS", invalid_argument, 400, "The type does not take these params."},
    ReasonInfo{Reason::params_too_large, "PARAMS_TOO_LARGE", invalid_argument, 413, "Params are at most 64 KiB."},
    ReasonInfo{Reason::invalid_not_before, "INVALID_NOT_BEFORE", invalid_argument, 400,
               "notBefore is no time, or more than 10 years ahead."},
    ReasonInfo{Reason::invalid_time_limit, "INVALID_TIME_LIMIT", invalid_argument, 400,
               "The time limit is out of range."},
    ReasonInfo{Reason::invalid_max_attempts, "INVALID_MAX_ATTEMPTS", invalid_argument, 400,
               "The number of attempts is out of range."},
    ReasonInfo{Reason::invalid_type, "INVALID_TYPE", invalid_argument, 400, "The type's name is none."},
    ReasonInfo{Reason::type_built_in, "TYPE_BUILT_IN", invalid_argument, 400,
               "The engine does work of this type itself."},
    ReasonInfo{Reason::unsupported_schema, "UNSUPPORTED_SCHEMA", invalid_argument, 400,
               "The JSON Schema has more than params can be checked by."},
    ReasonInfo{Reason::invalid_worker, "INVALID_WORKER", invalid_argument, 400,
               "The worker's name is too long, or no plain text."},
    ReasonInfo{Reason::invalid_lease, "INVALID_LEASE", invalid_argument, 400, "A lease is 32 hexadecimal digits."},
    ReasonInfo{Reason::invalid_progress, "INVALID_PROGRESS", invalid_argument, 400, "The progress is out of range."},
    ReasonInfo{Reason::invalid_outcome, "INVALID_OUTCOME", invalid_argument, 400,
               "The outcome is none of a result, an error and cancelled."},
    ReasonInfo{Reason::invalid_output, "INVALID_OUTPUT", invalid_argument, 400, "The output cannot be reported so."},
    ReasonInfo{Reason::invalid_event_type, "INVALID_EVENT_TYPE", invalid_argument, 400,
               "The event's type cannot be sent."},
    ReasonInfo{Reason::invalid_data, "INVALID_DATA", invalid_argument, 400, "The event's data cannot be sent."},
    ReasonInfo{Reason::invalid_retry, "INVALID_RETRY", invalid_argument, 400, "The reconnection time is out of range."},
    ReasonInfo{Reason::invalid_batch, "INVALID_BATCH", invalid_argument, 400,
               "A batch has no event, or more than it may."},
    ReasonInfo{Reason::payload_too_large, "PAYLOAD_TOO_LARGE", resource_exhausted, 413,
               "An event carries at most 61,440 bytes."},
    ReasonInfo{Reason::invalid_request_id, "INVALID_REQUEST_ID", invalid_argument, 400,
               "The key that makes repeating safe is malformed."},
    ReasonInfo{Reason::malformed_message, "MALFORMED_MESSAGE", invalid_argument, 0,
               "The bytes of the request are not its message."},
    ReasonInfo{Reason::idempotency_key_reused, "IDEMPOTENCY_KEY_REUSED", invalid_argument, 422,
               "The key came with another request before."},
    ReasonInfo{Reason::invalid_json, "INVALID_JSON", ok, 400,
               "The body is no JSON, repeats a key, or is nested too deep."},
    ReasonInfo{Reason::invalid_body, "INVALID_BODY", ok, 400, "The body's JSON is not what the path takes."},
    ReasonInfo{Reason::unsupported_media_type, "UNSUPPORTED_MEDIA_TYPE", ok, 415,
               "The path takes no body of this Content-Type."},
    ReasonInfo{Reason::unsupported_content_coding, "UNSUPPORTED_CONTENT_CODING", ok, 415, "Bodies come uncompressed."},

    ReasonInfo{Reason::range_not_satisfiable, "RANGE_NOT_SATISFIABLE", ok, 416,
               "None of the bytes that are asked for are there."},
    ReasonInfo{Reason::malformed_request, "MALFORMED_REQUEST", ok, 400, "This is not HTTP/1.1."},
    ReasonInfo{Reason::malformed_target, "MALFORMED_TARGET", ok, 400, "The request target is no path."},
    ReasonInfo{Reason::repeated_parameter, "REPEATED_PARAMETER", ok, 400,
               "A parameter of the query comes twice that is meant once."},
    ReasonInfo{Reason::missing_host, "MISSING_HOST", ok, 400, "The request names no host."},
    ReasonInfo{Reason::several_hosts, "SEVERAL_HOSTS", ok, 400, "The request names several hosts."},
    ReasonInfo{Reason::unknown_host, "UNKNOWN_HOST", ok, 421, "This service does not answer for that host."},
    ReasonInfo{Reason::foreign_origin, "FOREIGN_ORIGIN", ok, 403, "A page of another origin may not do this."},
    ReasonInfo{Reason::prefetch_refused, "PREFETCH_REFUSED", ok, 503, "What starts something is not done in advance."},
    ReasonInfo{Reason::header_too_large, "HEADER_TOO_LARGE", ok, 431, "The request's header is too large."},
    ReasonInfo{Reason::body_too_large, "BODY_TOO_LARGE", ok, 413, "The request's body is too large."},
    ReasonInfo{Reason::unsupported_transfer_coding, "UNSUPPORTED_TRANSFER_CODING", ok, 501,
               "Of the transfer codings only chunked is known."},
    ReasonInfo{Reason::unsupported_expectation, "UNSUPPORTED_EXPECTATION", ok, 417,
               "Of the expectations only 100-continue is known."},
    ReasonInfo{Reason::request_timeout, "REQUEST_TIMEOUT", ok, 408, "The request came too slowly."},

    ReasonInfo{Reason::too_many_connections, "TOO_MANY_CONNECTIONS", ok, 503,
               "The edge serves as many connections as it may."},
    ReasonInfo{Reason::too_many_from_address, "TOO_MANY_FROM_ADDRESS", ok, 429,
               "This address has as many connections as it may, or asks more often than it may."},
    ReasonInfo{Reason::too_many_of_user, "TOO_MANY_OF_USER", ok, 429, "This user has as many streams as it may."},
    ReasonInfo{Reason::too_many_calls, "TOO_MANY_CALLS", resource_exhausted, 503,
               "Too many requests wait for the engine."},
    ReasonInfo{Reason::too_many_watches, "TOO_MANY_WATCHES", resource_exhausted, 0,
               "The engine serves as many Watches as it may."},
    ReasonInfo{Reason::too_many_resets, "TOO_MANY_RESETS", ok, 0,
               "A connection was closed that aborts calls, or sends frames that carry nothing, too often."},
    ReasonInfo{Reason::too_many_appends, "TOO_MANY_APPENDS", resource_exhausted, 429, "Too many writes wait already."},
    ReasonInfo{Reason::too_many_reads, "TOO_MANY_READS", resource_exhausted, 503, "Too many reads wait already."},
    ReasonInfo{Reason::queue_full, "QUEUE_FULL", resource_exhausted, 429, "Too many tasks wait already."},
    ReasonInfo{Reason::too_many_claims, "TOO_MANY_CLAIMS", resource_exhausted, 429, "As many claims wait as may."},
    ReasonInfo{Reason::too_many_leases, "TOO_MANY_LEASES", resource_exhausted, 429,
               "Too much work is under way outside."},
    ReasonInfo{Reason::too_many_types, "TOO_MANY_TYPES", resource_exhausted, 429,
               "As many task types are known as may be."},
    ReasonInfo{Reason::unknown_outcome, "UNKNOWN_OUTCOME", unavailable, 503,
               "Whether it was done is not known; repeat it with the same key."},
    ReasonInfo{Reason::store_failed, "STORE_FAILED", unavailable, 503, "The engine's store failed; nothing was done."},
    ReasonInfo{Reason::shutting_down, "SHUTTING_DOWN", unavailable, 503, "The service is stopping."},
    ReasonInfo{Reason::not_synced, "NOT_SYNCED", ok, 503, "The edge has not reached the engine yet."},
    ReasonInfo{Reason::engine_unavailable, "ENGINE_UNAVAILABLE", ok, 503,
               "The engine did not answer; nothing was done."},
    ReasonInfo{Reason::engine_error, "ENGINE_ERROR", ok, 502, "The engine answered what this edge does not know."},
    ReasonInfo{Reason::internal, "INTERNAL", GrpcCode::internal, 500, "A fault of taskwire."},
    ReasonInfo{Reason::cancelled, "CANCELLED", cancelled, 0, "The caller or the user asked to stop."},

    ReasonInfo{Reason::task_failed, "TASK_FAILED", ok, 500, "The long request's task failed."},
    ReasonInfo{Reason::task_cancelled, "TASK_CANCELLED", ok, 409, "The long request's task was cancelled."},
    ReasonInfo{Reason::task_not_done, "TASK_NOT_DONE", ok, 504, "The long request's task goes on; look at Location."},

    ReasonInfo{Reason::interrupted, "INTERRUPTED", ok, 0, "The engine stopped while the task ran."},
    ReasonInfo{Reason::engine_crashed, "ENGINE_CRASHED", ok, 0, "The engine crashed during three attempts in a row."},
    ReasonInfo{Reason::time_limit, "TIME_LIMIT", ok, 0, "The attempt ran longer than it may."},
    ReasonInfo{Reason::worker_lost, "WORKER_LOST", ok, 0,
               "Nothing was heard of the worker for as long as its lease lasts."},
    ReasonInfo{Reason::exit_status, "EXIT_STATUS", ok, 0, "The command ended with another exit status than 0."},
    ReasonInfo{Reason::signal, "SIGNAL", ok, 0, "A signal ended the command."},
    ReasonInfo{Reason::simulated_failure, "SIMULATED_FAILURE", ok, 0, "The task failed on purpose."},
    ReasonInfo{Reason::result_too_large, "RESULT_TOO_LARGE", ok, 0, "A result is at most 2 MiB."},
    ReasonInfo{Reason::path_not_found, "PATH_NOT_FOUND", ok, 0, "There is no such file or folder."},
    ReasonInfo{Reason::path_forbidden, "PATH_FORBIDDEN", ok, 0, "The path leads out of the files' root."},
    ReasonInfo{Reason::not_a_folder, "NOT_A_FOLDER", ok, 0, "The path is no folder."},
    ReasonInfo{Reason::unreadable, "UNREADABLE", ok, 0, "A file cannot be read."},
    ReasonInfo{Reason::name_not_utf8, "NAME_NOT_UTF8", ok, 0, "A file's name is not UTF-8."},
    ReasonInfo{Reason::too_many_files, "TOO_MANY_FILES", ok, 0, "A folder holds more files than a task may read."},
    ReasonInfo{Reason::stale_report, "STALE_REPORT", ok, 0, "The attempt is over that the report was about."},

    ReasonInfo{Reason::cannot_start, "CANNOT_START", ok, 0,
               "The service cannot start; its exit status is 1. Or the task's command cannot be started."},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kReasons.size(); ++i) {
    if (static_cast<std::size_t>(kReasons[i].reason) != i) return false;
  }
  return static_cast<std::size_t>(Reason::cannot_start) + 1 == kReasons.size();
}
static_assert(is_in_order());

}  // namespace

std::span<const ReasonInfo> reasons() {
  return kReasons;
}

const ReasonInfo& info(Reason reason) {
  return kReasons[static_cast<std::size_t>(reason)];
}

std::optional<Reason> find_reason(std::string_view name) {
  const auto found =
      std::find_if(kReasons.begin(), kReasons.end(), [&](const ReasonInfo& known) { return known.name == name; });
  return found == kReasons.end() ? std::nullopt : std::optional(found->reason);
}

}  // namespace taskwire
