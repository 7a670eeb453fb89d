#pragma once

#include "net/api.h"

namespace taskwire::edge {

/// Runs the task of a long request and answers when it has ended: SHUTTING_DOWN where the edge stops before,
/// TASK_NOT_DONE after --long-request-timeout or when the caller has gone, all with the task's Location. A caller who
/// goes away does not stop the task.
boost::asio::awaitable<HttpResponse> run_long_request(const ApiCall& call);

}  // namespace taskwire::edge
