#include "net/listeners.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <fcntl.h>
#include <spdlog/spdlog.h>

#include "process/listen_hosts.h"
#include "process/options.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

}  // namespace

tl::expected<std::vector<Tcp::endpoint>, std::string> Listeners::listen(const std::string& text, bool reuse_port) {
  const auto address = parse_address(text);
  if (!address) return tl::unexpected("'" + text + "' is no address; write host:port with --listen");
  const auto hosts = listen_hosts(address->host);
  if (!hosts)
    return tl::unexpected("cannot resolve " + address->host + ": " + hosts.error() + "; choose another with --listen");
  std::vector<Tcp::endpoint> bound;
  std::string reason;
  for (const auto& host : *hosts) {
    Tcp::endpoint endpoint(asio::ip::make_address(host), address->port);
    const bool takes_any = endpoint.port() == 0;
    if (takes_any && !bound.empty()) endpoint.port(bound.front().port());
    const auto listening = listen_on_all_shards(endpoint, hosts->size() == 1, reuse_port);
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

tl::expected<std::vector<Tcp::endpoint>, std::string> Listeners::adopt(const std::vector<int>& sockets, bool others) {
  std::vector<Tcp::endpoint> bound;
  for (const int socket : sockets) {
    for (std::size_t i = 0; i < services_.shards.size(); ++i) {
      const int own = i + 1 < services_.shards.size() ? fcntl(socket, F_DUPFD_CLOEXEC, 0) : socket;
      listeners_.push_back(std::make_unique<Listener>(*services_.shards[i], services_, *services_.budgets[i]));
      const auto endpoint = listeners_.back()->adopt(own);
      if (!endpoint) return tl::unexpected(endpoint.error().text);
      if (i == 0) bound.push_back(*endpoint);
    }
    if (!others && !bound.back().address().is_loopback()) {
      return tl::unexpected("the inherited socket listens on " + bound.back().address().to_string() +
                            ", which other machines reach; give --insecure-no-auth to allow it");
    }
  }
  return bound;
}

void Listeners::start() {
  for (const auto& listener : listeners_) listener->start();
}

void Listeners::stop() {
  for (const auto& listener : listeners_) listener->stop();
}

}  // namespace taskwire::edge
