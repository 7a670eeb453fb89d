#pragma once

#include <boost/asio/awaitable.hpp>

#include "hub/http.h"
#include "hub/routes.h"
#include "hub/target.h"
#include "net/services.h"

namespace taskwire::edge {

/// The answer to a request of a route that is no stream. Runs on the connection's shard; every failure is a problem
/// response.
boost::asio::awaitable<HttpResponse> answer(const Services& services, const HttpRequest& request, const Target& target,
                                            const Route& route);

}  // namespace taskwire::edge
