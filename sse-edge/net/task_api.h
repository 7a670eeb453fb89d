#pragma once

#include "net/api.h"

namespace taskwire::edge {

// The answers about tasks; each path is in the table of routes.h. Each may also be what EngineClient says of a call
// without an answer: ENGINE_UNAVAILABLE of a read, UNKNOWN_OUTCOME of a write, TOO_MANY_CALLS. A write is answered
// after its commit; the engine may refuse one with STORE_FAILED, TOO_MANY_APPENDS or SHUTTING_DOWN.

/// Starts a task: 202 with Location. UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED_CONTENT_CODING, INVALID_JSON, INVALID_BODY,
/// INVALID_REQUEST_ID; of the engine UNKNOWN_TASK_TYPE, INVALID_PARAMS, PARAMS_TOO_LARGE, INVALID_NAME,
/// IDEMPOTENCY_KEY_REUSED, QUEUE_FULL, TYPE_BUILT_IN, CLAIM_REQUIRED, INVALID_WORKER, TOO_MANY_LEASES.
boost::asio::awaitable<HttpResponse> start_task(const ApiCall& call);

/// A page of the user's tasks: 200. INVALID_PAGE_SIZE, INVALID_PAGE_TOKEN, INVALID_STATUS.
boost::asio::awaitable<HttpResponse> list_tasks(const ApiCall& call);

/// One task with its parameters and result: 200. TASK_NOT_FOUND, also for another user's.
boost::asio::awaitable<HttpResponse> get_task(const ApiCall& call);

/// Forgets an ended task: 204. TASK_NOT_FOUND, TASK_NOT_ENDED.
boost::asio::awaitable<HttpResponse> delete_task(const ApiCall& call);

/// Asks a task to stop: 202 with Location. What check_no_body says; TASK_NOT_FOUND, TASK_ENDED.
boost::asio::awaitable<HttpResponse> cancel_task(const ApiCall& call);

/// Runs a failed or cancelled task once more: 202 with Location. Of its body as above; TASK_NOT_FOUND,
/// TASK_NOT_RETRYABLE, QUEUE_FULL, TYPE_BUILT_IN, CLAIM_REQUIRED, INVALID_WORKER, TOO_MANY_LEASES.
boost::asio::awaitable<HttpResponse> retry_task(const ApiCall& call);

/// The types of tasks: 200.
boost::asio::awaitable<HttpResponse> list_task_types(const ApiCall& call);

}  // namespace taskwire::edge
