#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "http/message.h"

namespace taskwire::edge {

/// Hands over an answer, once, from any thread.
using Answer = std::function<void(HttpResponse)>;

/// The answer that `begin(Answer)` makes on other threads: what a body, or a message of the engine, of megabytes takes
/// would hold up a shard's streams. Goes on on the caller's executor.
template <class Begin>
boost::asio::awaitable<HttpResponse> answer_aside(Begin begin) {
  namespace asio = boost::asio;
  // Named, because GCC 12 destroys a temporary closure of a co_await expression twice.
  auto initiate = [&begin](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    const auto executor = asio::get_associated_executor(*shared);
    begin(Answer([shared, executor](HttpResponse response) {
      asio::post(executor,
                 [shared, response = std::move(response)]() mutable { std::move (*shared)(std::move(response)); });
    }));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(HttpResponse)>(initiate,
                                                                                             asio::use_awaitable);
}

}  // namespace taskwire::edge
