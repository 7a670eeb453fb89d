#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>

namespace taskwire::edge {

/// What `begin(std::function<void(T)>)` hands over, once, from any thread. Goes on on the caller's executor.
template <class T, class Begin>
boost::asio::awaitable<T> awaited(Begin begin) {
  namespace asio = boost::asio;
  // Named, because GCC 12 destroys a temporary closure of a co_await expression twice.
  auto initiate = [&begin](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    const auto executor = asio::get_associated_executor(*shared);
    begin(std::function<void(T)>([shared, executor](T value) {
      asio::post(executor, [shared, value = std::move(value)]() mutable { std::move (*shared)(std::move(value)); });
    }));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(initiate, asio::use_awaitable);
}

}  // namespace taskwire::edge
