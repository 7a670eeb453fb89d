#pragma once

#include "net/api.h"

namespace taskwire::edge {

/// Who is connected to this edge, and who was: 200. What Attendance says.
boost::asio::awaitable<HttpResponse> list_sessions(const ApiCall& call);

}  // namespace taskwire::edge
