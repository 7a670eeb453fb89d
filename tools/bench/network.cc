#include "bench/network.h"

#include <arpa/inet.h>
#include <cerrno>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "process/descriptors.h"

namespace taskwire::bench {
namespace {

constexpr std::size_t kOwnDescriptors = 64;
constexpr std::uint32_t kLoopbackNet = 127;
constexpr std::uint32_t kFirstOtherSource = 0x7F000002;

}  // namespace

tl::expected<sockaddr_in, std::string> resolve(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0)
    return tl::unexpected("'" + host + "' has no IPv4 address: " + gai_strerror(error));
  const auto address = *reinterpret_cast<const sockaddr_in*>(found->ai_addr);
  freeaddrinfo(found);
  return address;
}

std::optional<std::uint32_t> source_address(std::size_t index, const sockaddr_in& target) {
  const auto group = index / kConnectionsPerSource;
  if (group == 0 || (ntohl(target.sin_addr.s_addr) >> 24U) != kLoopbackNet) return std::nullopt;
  return kFirstOtherSource + static_cast<std::uint32_t>(group) - 1;
}

int start_connect(const sockaddr_in& target, std::optional<std::uint32_t> source, int receive_buffer) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (receive_buffer > 0) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  bool is_bound = true;
  if (source) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(*source);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    is_bound = bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0;
  }
  if (is_bound && (connect(fd, reinterpret_cast<const sockaddr*>(&target), sizeof target) == 0 || errno == EINPROGRESS))
    return fd;
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

std::optional<std::string> ensure_descriptors(std::size_t connections) {
  const auto needed = connections + kOwnDescriptors;
  const auto limit = raise_descriptor_limit();
  if (limit >= needed) return std::nullopt;
  return std::to_string(connections) + " connections need " + std::to_string(needed) +
         " open files, and this process may have " + std::to_string(limit) + "; raise the limit with ulimit -n " +
         std::to_string(needed) + " (as root, or LimitNOFILE= in a unit), or ask for fewer with --readers";
}

}  // namespace taskwire::bench
