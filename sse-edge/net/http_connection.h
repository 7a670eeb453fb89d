#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "net/admission.h"
#include "net/connection_budgets.h"
#include "net/services.h"
#include "net/shard.h"

namespace taskwire::edge {

/// Serves one HTTP/1.1 connection until it closes or becomes an event stream; one whose lease gives it no place, for
/// one request. `peer` is who connected. Confined to its shard's thread.
boost::asio::awaitable<void> serve(Shard& shard, const Services& services, ConnectionBudgets& budgets,
                                   boost::asio::ip::tcp::socket socket, boost::asio::ip::address peer, Lease lease);

}  // namespace taskwire::edge
