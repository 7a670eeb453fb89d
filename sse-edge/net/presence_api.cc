#include "net/presence_api.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <utility>

#include "hub/presence.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;
using People = std::map<std::string, Presence>;

/// What `shard` knows, asked on its own thread and awaited on the caller's.
asio::awaitable<People> ask(Shard& shard) {
  auto initiate = [&shard](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    const auto executor = asio::get_associated_executor(*shared);
    asio::post(shard.io(), [&shard, shared, executor] {
      asio::post(executor, [shared, people = shard.people()]() mutable { std::move (*shared)(std::move(people)); });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(People)>(initiate, asio::use_awaitable);
}

}  // namespace

asio::awaitable<HttpResponse> list_sessions(const ApiCall& call) {
  People all;
  for (const auto& shard : call.services.shards) {
    auto people = co_await ask(*shard);
    for (auto& [user, person] : people) merge(all, std::move(person));
  }
  co_return json_response(200, sessions_json(all));
}

}  // namespace taskwire::edge
