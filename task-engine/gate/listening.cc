#include "gate/listening.h"

#include <arpa/inet.h>
#include <cerrno>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <optional>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <system_error>

#include "process/listen_hosts.h"

namespace taskwire::gate {
namespace {

/// A socket's address, of either family.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

std::string text_of(int error) {
  return std::error_code(error, std::system_category()).message();
}

/// The address that `host` spells in digits, or none of any length.
SocketAddress socket_address(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  SocketAddress address;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return address;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  std::copy_n(reinterpret_cast<const char*>(found->ai_addr), found->ai_addrlen,
              reinterpret_cast<char*>(&address.storage));
  address.length = found->ai_addrlen;
  return address;
}

Address bound(int socket) {
  SocketAddress address;
  address.length = sizeof address.storage;
  getsockname(socket, reinterpret_cast<sockaddr*>(&address.storage), &address.length);
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.storage.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address.storage);
    inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    return {text.data(), ntohs(v6.sin6_port)};
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.storage);
  inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  return {text.data(), ntohs(v4.sin_port)};
}

bool is_any(const SocketAddress& address) {
  return address.storage.ss_family == AF_INET6 &&
         IN6_IS_ADDR_UNSPECIFIED(&reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_addr);
}

/// A listening socket, or none and `errno`.
engine::Fd listen_at(const SocketAddress& address) {
  engine::Fd made(socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!made) return made;
  const int yes = 1;
  setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (address.storage.ss_family == AF_INET6) {
    const int only = is_any(address) ? 0 : 1;  // [::] is every address of both families
    setsockopt(made.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
  }
  if (bind(made.get(), address.get(), address.length) != 0 || listen(made.get(), SOMAXCONN) != 0) {
    const int error = errno;
    made = engine::Fd();
    errno = error;
  }
  return made;
}

bool is_absent(int error) {
  return error == EADDRNOTAVAIL || error == EAFNOSUPPORT || error == EPROTONOSUPPORT;
}

}  // namespace

engine::Result<std::vector<Listening>> listen_on(const std::string& address, const std::string& flag) {
  const auto wanted = parse_address(address);
  if (!wanted)
    return engine::refuse(Reason::cannot_start, "'" + address + "' is no address; write host:port with " + flag);
  const auto hosts = listen_hosts(wanted->host);
  if (!hosts)
    return engine::refuse(Reason::cannot_start, "'" + wanted->host +
                                                    "' is no name that this machine knows; choose "
                                                    "another with " +
                                                    flag);
  std::vector<Listening> all;
  int why_none = 0;
  for (const auto& host : *hosts) {
    auto made = listen_at(socket_address(host, all.empty() ? wanted->port : all.front().address.port));
    if (made) {
      auto where = bound(made.get());
      all.push_back({std::move(made), std::move(where)});
      continue;
    }
    why_none = errno;
    if (is_absent(why_none)) continue;
    const std::string place = to_string(Address{host, all.empty() ? wanted->port : all.front().address.port});
    if (wanted->port == 0 && !all.empty()) {
      spdlog::warn("{} of {} is left out, since the port is not free there: {}", place, address, text_of(why_none));
      continue;
    }
    const std::string which = place == address ? "" : ", which is " + place;
    std::string message = "cannot listen on ";
    message.append(address).append(which).append(": ").append(text_of(why_none));
    message.append("; is the port in use? choose another with ").append(flag);
    return engine::refuse(Reason::cannot_start, std::move(message));
  }
  if (all.empty())
    return engine::refuse(Reason::cannot_start, "cannot listen on " + address + ": " + text_of(why_none) +
                                                    "; choose an address of this machine with " + flag);
  return all;
}

}  // namespace taskwire::gate
