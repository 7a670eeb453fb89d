#include "gate/acceptor.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace taskwire::gate {
namespace {

constexpr int kMostAccepts = 16;

std::string name_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    return to_string(Address{text.data(), ntohs(v6.sin6_port)});
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  return to_string(Address{text.data(), ntohs(v4.sin_port)});
}

/// Whether the connection failed before it was accepted (accept(2)); the next one may be well.
bool is_of_one_connection(int error) {
  return error == ECONNABORTED || error == EPROTO || error == ENETDOWN || error == EHOSTDOWN || error == ENOPROTOOPT ||
         error == EHOSTUNREACH || error == EOPNOTSUPP || error == ENETUNREACH || error == EPERM || error == EINTR;
}

}  // namespace

void Acceptor::watch() {
  for (const auto& each : listening_) {
    epoll_event event{EPOLLIN, {.fd = each.socket.get()}};
    epoll_ctl(poll_, EPOLL_CTL_ADD, each.socket.get(), &event);
  }
}

bool Acceptor::listens_at(int fd) const {
  return std::any_of(listening_.begin(), listening_.end(),
                     [fd](const Listening& each) { return each.socket.get() == fd; });
}

void Acceptor::accept(engine::SteadyTime now, const Admit& admit) {
  for (const auto& each : listening_) accept_from(each, now, admit);
}

void Acceptor::accept_from(const Listening& listening, engine::SteadyTime now, const Admit& admit) {
  for (int i = 0; i < kMostAccepts && !is_resting_; ++i) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    engine::Fd client(
        accept4(listening.socket.get(), reinterpret_cast<sockaddr*>(&address), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    const int error = errno;
    if (client) {
      admit(std::move(client), name_of(address));
    } else if (error == EAGAIN) {
      return;
    } else if (!is_of_one_connection(error)) {
      no_descriptors_.count(std::generic_category().message(error));
      rest(now);
    }
  }
}

void Acceptor::rest(engine::SteadyTime now) {
  for (const auto& each : listening_) epoll_ctl(poll_, EPOLL_CTL_DEL, each.socket.get(), nullptr);
  rests_until_ = now + kRest;
  is_resting_ = true;
}

void Acceptor::go_on(engine::SteadyTime now) {
  if (!is_resting_ || now < rests_until_) return;
  is_resting_ = false;
  watch();
}

}  // namespace taskwire::gate
