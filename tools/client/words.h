#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <string>
#include <string_view>

namespace taskwire::client {

/// Asynchronous calls answer their error beside their result.
inline constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);

/// Why a request failed, for people.
[[nodiscard]] std::string in_words(const boost::system::error_code& error);
/// What a `Retry-After` says in seconds, at most an hour; 0 where it says none.
[[nodiscard]] std::chrono::milliseconds seconds_of(std::string_view text);

}  // namespace taskwire::client
