#include "net/presence_api.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <utility>
#include <vector>

#include "hub/presence.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;
using People = std::vector<Presence>;

constexpr std::size_t kSlice = 256;  // people, between which the caller's shard serves others

/// What `shard` knows, asked on its own thread and awaited on the caller's.
asio::awaitable<People> ask(Shard& shard) {
  auto initiate = [&shard](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    const auto executor = asio::get_associated_executor(*shared);
    shard.list_people([shared, executor](People people) {
      asio::post(executor, [shared, people = std::move(people)]() mutable { std::move (*shared)(std::move(people)); });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(People)>(initiate, asio::use_awaitable);
}

}  // namespace

asio::awaitable<HttpResponse> list_sessions(const ApiCall& call) {
  std::map<std::string, Presence> all;
  std::size_t done = 0;
  for (const auto& shard : call.services.shards) {
    auto people = co_await ask(*shard);
    for (auto& person : people) {
      merge(all, std::move(person));
      if (++done % kSlice == 0) co_await asio::post(asio::use_awaitable);
    }
  }
  SessionsWriter writer(all);
  while (writer.write(kSlice)) {
    co_await asio::post(asio::use_awaitable);
  }
  co_return json_response(200, writer.take());
}

}  // namespace taskwire::edge
