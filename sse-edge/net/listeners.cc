#include "net/listeners.h"

#include <algorithm>
#include <spdlog/spdlog.h>

#include "process/options.h"

namespace taskwire::edge {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

tl::expected<std::vector<Tcp::endpoint>, std::string> resolve(const std::string& text) {
  const auto address = parse_address(text);
  if (!address) return tl::unexpected("'" + text + "' is no address");
  if (address->host == "localhost") {
    return std::vector<Tcp::endpoint>{{asio::ip::address_v4::loopback(), address->port},
                                      {asio::ip::address_v6::loopback(), address->port}};
  }
  asio::io_context io;
  boost::system::error_code error;
  const auto found =
      Tcp::resolver(io).resolve(address->host, std::to_string(address->port), Tcp::resolver::passive, error);
  if (error) return tl::unexpected("cannot resolve " + address->host + ": " + error.message());
  std::vector<Tcp::endpoint> endpoints;
  for (const auto& entry : found) {
    const auto is_of_its_family = [&](const Tcp::endpoint& known) {
      return known.protocol() == entry.endpoint().protocol();
    };
    if (std::none_of(endpoints.begin(), endpoints.end(), is_of_its_family)) endpoints.push_back(entry.endpoint());
  }
  return endpoints;
}

tl::expected<std::vector<Tcp::endpoint>, std::string> Listeners::listen(const std::string& text, bool reuse_port) {
  const auto endpoints = resolve(text);
  if (!endpoints) return tl::unexpected(endpoints.error());
  std::vector<Tcp::endpoint> bound;
  std::string reason;
  for (auto endpoint : *endpoints) {
    const bool takes_any = endpoint.port() == 0;
    if (takes_any && !bound.empty()) endpoint.port(bound.front().port());
    const auto listening = listen_on_all_shards(endpoint, endpoints->size() == 1, reuse_port);
    if (listening) {
      bound.push_back(*listening);
      continue;
    }
    reason = listening.error().text;
    const bool can_do_without = listening.error().is_elsewhere || (takes_any && !bound.empty());
    if (!can_do_without) return tl::unexpected(reason);
    if (!listening.error().is_elsewhere) spdlog::warn("{}; going on without that address", reason);
  }
  if (bound.empty()) return tl::unexpected(reason);
  return bound;
}

tl::expected<Tcp::endpoint, ListenError> Listeners::listen_on_all_shards(Tcp::endpoint endpoint, bool is_alone,
                                                                         bool reuse_port) {
  if (!reuse_port) {
    if (auto free = check_free(endpoint, is_alone); !free) return tl::unexpected(free.error());
  }
  std::vector<std::unique_ptr<Listener>> listeners;
  for (std::size_t i = 0; i < services_.shards.size(); ++i) {
    listeners.push_back(std::make_unique<Listener>(*services_.shards[i], services_, *services_.budgets[i]));
    const auto bound = listeners.back()->listen(endpoint, is_alone);
    if (!bound) return tl::unexpected(bound.error());
    endpoint = *bound;
  }
  std::move(listeners.begin(), listeners.end(), std::back_inserter(listeners_));
  return endpoint;
}

void Listeners::start() {
  for (const auto& listener : listeners_) listener->start();
}

void Listeners::stop() {
  for (const auto& listener : listeners_) listener->stop();
}

}  // namespace taskwire::edge
