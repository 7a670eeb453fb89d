#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/system/error_code.hpp>

namespace taskwire::client {

/// Connects `stream`, whose time is set, to the first of `addresses` that lets it; by a socket that no program which is
/// started meanwhile inherits. Both outlive it. Answers why the last one did not.
boost::asio::awaitable<boost::system::error_code> connect(
    boost::beast::tcp_stream& stream, const boost::asio::ip::tcp::resolver::results_type& addresses);

}  // namespace taskwire::client
