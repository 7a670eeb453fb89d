#include "net/trusted_proxies.h"

#include <algorithm>
#include <optional>

#include "http/forwarded.h"
#include "net/address.h"

namespace taskwire::edge {
namespace {

namespace ip = boost::asio::ip;

/// The address of a node, which may have a port (RFC 7239, 6); nothing where it is hidden or unknown.
std::optional<ip::address> address_of(std::string_view node) {
  if (node.starts_with('[')) {
    const auto end = node.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    node = node.substr(1, end - 1);
  } else if (std::count(node.begin(), node.end(), ':') == 1) {
    node = node.substr(0, node.find(':'));
  }
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(node), error);
  return error ? std::nullopt : std::optional(plain_address(address));
}

bool contains(const TrustedProxies::Network& network, const ip::address& address) {
  if (const auto* const v4 = std::get_if<ip::network_v4>(&network))
    return address.is_v4() && ip::network_v4(address.to_v4(), v4->prefix_length()).network() == v4->network();
  const auto& v6 = std::get<ip::network_v6>(network);
  return address.is_v6() && ip::network_v6(address.to_v6(), v6.prefix_length()).network() == v6.network();
}

}  // namespace

tl::expected<TrustedProxies::Network, std::string> TrustedProxies::parse(const std::string& range) {
  boost::system::error_code error;
  if (range.find('/') == std::string::npos) {
    const auto address = plain_address(ip::make_address(range, error));
    if (!error && address.is_v4()) return ip::network_v4(address.to_v4(), 32);
    if (!error) return ip::network_v6(address.to_v6(), 128);
  } else {
    const auto v4 = ip::make_network_v4(range, error);
    if (!error) return v4;
    const auto v6 = ip::make_network_v6(range, error);
    if (!error && !v6.address().is_v4_mapped()) return v6;
  }
  return tl::unexpected("'" + range + "' is no range of addresses; write 10.0.0.0/8, 2001:db8::/32 or one address");
}

TrustedProxies::TrustedProxies(const std::vector<std::string>& ranges, Field field) : field_(field) {
  for (const auto& range : ranges) networks_.push_back(*parse(range));
}

bool TrustedProxies::has(const ip::address& address) const {
  const auto own = plain_address(address);
  return std::any_of(networks_.begin(), networks_.end(),
                     [&](const Network& network) { return contains(network, own); });
}

ip::address TrustedProxies::client(const ip::address& peer, const HttpRequest& header) const {
  if (!has(peer)) return peer;
  const bool is_standard = field_ == Field::forwarded;
  auto client = plain_address(peer);
  // Of several lines the last was written last.
  for (auto line = header.headers.rbegin(); line != header.headers.rend(); ++line) {
    if (!equals_ignoring_case(line->first, is_standard ? "Forwarded" : "X-Forwarded-For")) continue;
    const auto nodes = is_standard ? forwarded_for(line->second) : x_forwarded_for(line->second);
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
      const auto address = has(client) ? address_of(*node) : std::nullopt;
      if (!address) return client;
      client = *address;
    }
  }
  return client;
}

}  // namespace taskwire::edge
