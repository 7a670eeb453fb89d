#pragma once

#include "net/api.h"

namespace taskwire::edge {

// The answers about tasks; each path is in the table of routes.h.

boost::asio::awaitable<HttpResponse> start_task(const ApiCall& call);
boost::asio::awaitable<HttpResponse> list_tasks(const ApiCall& call);
boost::asio::awaitable<HttpResponse> get_task(const ApiCall& call);
boost::asio::awaitable<HttpResponse> delete_task(const ApiCall& call);
boost::asio::awaitable<HttpResponse> cancel_task(const ApiCall& call);
boost::asio::awaitable<HttpResponse> retry_task(const ApiCall& call);
boost::asio::awaitable<HttpResponse> list_task_types(const ApiCall& call);

}  // namespace taskwire::edge
