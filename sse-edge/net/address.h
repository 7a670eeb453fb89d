#pragma once

#include <boost/asio/ip/address.hpp>

namespace taskwire::edge {

/// An IPv4 address that is written as one of IPv6, as itself; without a scope.
[[nodiscard]] boost::asio::ip::address plain_address(const boost::asio::ip::address& address);

/// What counts as one address: of IPv6 the network of 64 bits, which is what one host has.
[[nodiscard]] boost::asio::ip::address network_of(const boost::asio::ip::address& address);

}  // namespace taskwire::edge
