#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "http/message.h"

namespace taskwire::edge {

/// The proxies in front of the edge that are believed when they say for whom they ask. Immutable, so thread-safe.
class TrustedProxies {
 public:
  using Network = std::variant<boost::asio::ip::network_v4, boost::asio::ip::network_v6>;

  /// A range of addresses: `10.0.0.0/8`, `2001:db8::/32`, or one address. What is wrong otherwise.
  [[nodiscard]] static tl::expected<Network, std::string> parse(const std::string& range);

  /// The field in which they say for whom they ask.
  enum class Field { x_forwarded_for, forwarded };

  /// `ranges` are such that parse() takes them.
  TrustedProxies(const std::vector<std::string>& ranges, Field field);

  [[nodiscard]] bool has(const boost::asio::ip::address& address) const;

  /// Who asks: `peer`, or where that is a trusted proxy, whom the field names last who is no trusted proxy. What stands
  /// before that the client may have written itself. Where the field names nobody, it is the last proxy known.
  [[nodiscard]] boost::asio::ip::address client(const boost::asio::ip::address& peer, const HttpRequest& header) const;

 private:
  std::vector<Network> networks_;
  const Field field_;
};

}  // namespace taskwire::edge
