#include "support/socket.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace taskwire::test {

std::uint16_t listen_at(int socket, std::uint16_t port, in_addr_t address) {
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_port = htons(port);
  own.sin_addr.s_addr = htonl(address);
  auto* const plain = reinterpret_cast<sockaddr*>(&own);
  socklen_t size = sizeof own;
  EXPECT_EQ(bind(socket, plain, size), 0);
  EXPECT_EQ(listen(socket, SOMAXCONN), 0);
  EXPECT_EQ(getsockname(socket, plain, &size), 0);
  return ntohs(own.sin_port);
}

Socket::Socket(std::uint16_t port, int receive_buffer) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int yes = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (receive_buffer > 0) setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ADD_FAILURE() << "cannot connect to port " << port;
    close();
  }
}

Socket::Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

void Socket::send(std::string_view bytes) {
  while (is_open() && !bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return close();
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Socket::send_in_time(std::string_view bytes, Clock::time_point deadline) {
  while (is_open() && !bytes.empty()) {
    pollfd ready{fd_, POLLOUT, 0};
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    if (poll(&ready, 1, static_cast<int>(std::max<milliseconds::rep>(left, 0))) != 1) return;
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EAGAIN) continue;
    if (sent <= 0) return close();
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::optional<std::string> Socket::receive(std::size_t most, Clock::time_point deadline) {
  if (!is_open()) return "";
  pollfd ready{fd_, POLLIN, 0};
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
  if (poll(&ready, 1, static_cast<int>(std::max<milliseconds::rep>(left, 0))) != 1) return std::nullopt;
  std::string bytes(most, '\0');
  const auto got = ::recv(fd_, bytes.data(), bytes.size(), 0);
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return bytes;
}

void Socket::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void Socket::end_sending() {
  ::shutdown(fd_, SHUT_WR);
}

void Socket::reset() {
  const linger at_once{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

}  // namespace taskwire::test
