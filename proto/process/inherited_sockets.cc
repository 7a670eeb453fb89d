#include "process/inherited_sockets.h"

#include <charconv>
#include <cstdlib>
#include <fcntl.h>
#include <netinet/in.h>
#include <optional>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace taskwire {
namespace {

constexpr int kFirst = 3;
constexpr int kMost = 64;

/// The number that a variable holds, which goes from the environment.
std::optional<long> take_number(const char* variable) {
  const char* const value = std::getenv(variable);
  if (value == nullptr) return std::nullopt;
  const std::string_view text(value);
  long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  unsetenv(variable);
  return is_number ? number : -1;
}

int option_of(int socket, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  return getsockopt(socket, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

bool is_listening_tcp(int socket) {
  const int family = option_of(socket, SO_DOMAIN);
  return (family == AF_INET || family == AF_INET6) && option_of(socket, SO_TYPE) == SOCK_STREAM &&
         option_of(socket, SO_ACCEPTCONN) == 1;
}

}  // namespace

tl::expected<std::vector<int>, std::string> inherited_sockets() {
  const auto pid = take_number("LISTEN_PID");
  const auto count = take_number("LISTEN_FDS");
  unsetenv("LISTEN_FDNAMES");
  std::vector<int> sockets;
  if (!pid || !count || *pid != getpid()) return sockets;
  if (*count < 0 || *count > kMost)
    return tl::unexpected("LISTEN_FDS is a number of sockets from 0 to " + std::to_string(kMost));
  for (int socket = kFirst; socket < kFirst + *count; ++socket) {
    if (!is_listening_tcp(socket)) {
      return tl::unexpected("descriptor " + std::to_string(socket) +
                            ", which LISTEN_FDS hands over, is no listening TCP socket");
    }
    fcntl(socket, F_SETFD, FD_CLOEXEC);
    sockets.push_back(socket);
  }
  return sockets;
}

}  // namespace taskwire
