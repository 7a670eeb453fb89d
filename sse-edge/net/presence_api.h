#pragma once

#include "net/api.h"

namespace taskwire::edge {

/// Who is connected to this edge: asks every shard.
boost::asio::awaitable<HttpResponse> list_sessions(const ApiCall& call);

}  // namespace taskwire::edge
