#pragma once

#include <boost/asio/awaitable.hpp>

#include "http/message.h"
#include "http/routes.h"
#include "http/target.h"
#include "net/caller.h"
#include "net/services.h"
#include "net/shard.h"
#include "resume/access.h"

namespace taskwire::edge {

/// A request that wants one answer, with all that answering takes. Lives on its connection's shard.
struct ApiCall {
  Shard& shard;
  const Services& services;
  const HttpRequest& request;
  const Target& target;
  const Route& route;
  Principal principal;  ///< Who asks.
  Caller& caller;       ///< Who waits for the answer.
};

/// The answer to a request of a route that is no stream. Runs on the connection's shard; every failure is a problem
/// response.
boost::asio::awaitable<HttpResponse> answer(const ApiCall& call);

}  // namespace taskwire::edge
