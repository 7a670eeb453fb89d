#pragma once

#include "net/api.h"

namespace taskwire::edge {

// The answers about work that programs outside do; each path is in the table of routes.h. Each may also be what is said
// at task_api.h of bodies, of calls without an answer, and of the engine's refusals.

/// Makes a type known: 200 with it. INVALID_TYPE, TYPE_BUILT_IN, UNSUPPORTED_SCHEMA, INVALID_LIMIT, INVALID_TIME_LIMIT,
/// INVALID_MAX_ATTEMPTS, TOO_MANY_TYPES.
boost::asio::awaitable<HttpResponse> register_type(const ApiCall& call);

/// Forgets a type: 204. INVALID_TYPE, TYPE_BUILT_IN, TYPE_NOT_FOUND, TYPE_IN_USE.
boost::asio::awaitable<HttpResponse> delete_type(const ApiCall& call);

/// Takes tasks from the queue, or waits for one: 200, without any where none came in time, where the caller has gone,
/// or where the edge stops. INVALID_WORKER, INVALID_TYPES, UNKNOWN_TASK_TYPE, TYPE_BUILT_IN, INVALID_LIMIT,
/// INVALID_REQUEST_ID, IDEMPOTENCY_KEY_REUSED, TOO_MANY_CLAIMS, TOO_MANY_LEASES.
boost::asio::awaitable<HttpResponse> claim_work(const ApiCall& call);

/// Tells how far the work has come: 200. LEASE_LOST, OUTPUT_GAP, INVALID_LEASE, INVALID_PROGRESS, INVALID_OUTPUT.
boost::asio::awaitable<HttpResponse> report_work(const ApiCall& call);

/// Ends the work: 200 with the task. LEASE_LOST, ALREADY_FINISHED, OUTPUT_GAP, INVALID_LEASE, INVALID_PROGRESS,
/// INVALID_OUTPUT, INVALID_OUTCOME.
boost::asio::awaitable<HttpResponse> finish_work(const ApiCall& call);

}  // namespace taskwire::edge
