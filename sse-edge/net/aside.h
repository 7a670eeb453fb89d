#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <utility>

#include "http/message.h"
#include "net/awaited.h"

namespace taskwire::edge {

/// Hands over an answer, once, from any thread.
using Answer = std::function<void(HttpResponse)>;

/// The answer that `begin(Answer)` makes on other threads: what a body, or a message of the engine, of megabytes takes
/// would hold up a shard's streams. Goes on on the caller's executor.
template <class Begin>
boost::asio::awaitable<HttpResponse> answer_aside(Begin begin) {
  return awaited<HttpResponse>(std::move(begin));
}

}  // namespace taskwire::edge
