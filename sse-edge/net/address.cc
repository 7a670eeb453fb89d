#include "net/address.h"

#include <algorithm>

namespace taskwire::edge {

namespace ip = boost::asio::ip;

ip::address plain_address(const ip::address& address) {
  if (!address.is_v6()) return address;
  const auto v6 = address.to_v6();
  return v6.is_v4_mapped() ? ip::address(ip::make_address_v4(ip::v4_mapped, v6)) : ip::address_v6(v6.to_bytes());
}

ip::address network_of(const ip::address& address) {
  auto plain = plain_address(address);
  if (!plain.is_v6()) return plain;
  auto bytes = plain.to_v6().to_bytes();
  std::fill(bytes.begin() + bytes.size() / 2, bytes.end(), 0);
  return ip::address_v6(bytes);
}

}  // namespace taskwire::edge
