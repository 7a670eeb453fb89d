#include "process/listen_hosts.h"

#include <algorithm>
#include <array>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>

namespace taskwire {

tl::expected<std::vector<std::string>, std::string> listen_hosts(const std::string& host) {
  if (host == "localhost") return std::vector<std::string>{"127.0.0.1", "::1"};
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found); error != 0)
    return tl::unexpected(std::string(gai_strerror(error)));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  std::vector<std::string> hosts;
  for (const auto* each = found; each != nullptr; each = each->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0)
      continue;
    if (std::find(hosts.begin(), hosts.end(), text.data()) == hosts.end()) hosts.emplace_back(text.data());
  }
  if (hosts.empty()) return tl::unexpected(std::string("it has no address"));
  return hosts;
}

}  // namespace taskwire
