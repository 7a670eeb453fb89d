#pragma once

#include <string>

#include "net/api.h"

namespace taskwire::edge {

// The answers about events; each path is in the table of routes.h.

boost::asio::awaitable<HttpResponse> publish(const ApiCall& call, std::string topic);
boost::asio::awaitable<HttpResponse> read_history(const ApiCall& call);
boost::asio::awaitable<HttpResponse> record_pulse(const ApiCall& call);
boost::asio::awaitable<HttpResponse> pulse_statistics(const ApiCall& call);

}  // namespace taskwire::edge
