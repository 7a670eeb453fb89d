#include "bench/floor/floor_server.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace taskwire::bench {
namespace {

constexpr std::size_t kKept = 1000;

constexpr std::string_view kStreamHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\n";
constexpr std::string_view kAccepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kNotFound = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

bool send_whole(int fd, std::string_view bytes) {
  return ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

/// The number behind `name` in a head; 0 where there is none.
std::uint64_t header_number(std::string_view head, std::string_view name) {
  const auto at = head.find(name);
  if (at == std::string_view::npos) return 0;
  std::uint64_t value = 0;
  std::from_chars(head.data() + at + name.size(), head.data() + head.size(), value);
  return value;
}

}  // namespace

FloorServer::FloorServer(std::uint16_t port)
    : listener_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (listener_ < 0 || epoll_ < 0) fail("socket");
  const int yes = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (bind(listener_, any, size) != 0 || listen(listener_, SOMAXCONN) != 0) fail("listen");
  getsockname(listener_, any, &size);
  port_ = ntohs(address.sin_port);
  epoll_event event{.events = EPOLLIN, .data = {.fd = listener_}};
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event) != 0) fail("epoll_ctl");
}

FloorServer::~FloorServer() {
  for (const auto& connection : connections_) {
    if (connection && connection->fd >= 0) ::close(connection->fd);
  }
  ::close(listener_);
  ::close(epoll_);
}

void FloorServer::run() {
  std::array<epoll_event, 256> events;
  while (true) {
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener_) {
        accept_all();
      } else if (auto& connection = *connections_[static_cast<std::size_t>(fd)]; connection.fd >= 0) {
        read(connection);
      }
    }
  }
}

void FloorServer::accept_all() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const auto index = static_cast<std::size_t>(fd);
    if (connections_.size() <= index) connections_.resize(index + 1);
    if (!connections_[index]) connections_[index] = std::make_unique<Connection>();
    *connections_[index] = {.fd = fd};
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }
}

void FloorServer::read(Connection& connection) {
  std::array<char, 65'536> buffer;
  const auto got = recv(connection.fd, buffer.data(), buffer.size(), 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return close(connection);
  connection.in.append(buffer.data(), static_cast<std::size_t>(got));
  while (connection.fd >= 0 && take_request(connection)) {
  }
}

bool FloorServer::take_request(Connection& connection) {
  auto& in = connection.in;
  const auto end = in.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const auto head = in.substr(0, end + 2);
  const auto length = header_number(head, "Content-Length: ");
  const auto whole = end + 4 + static_cast<std::size_t>(length);
  if (in.size() < whole) return false;
  auto body = in.substr(end + 4, static_cast<std::size_t>(length));
  in.erase(0, whole);
  constexpr std::string_view kSubscribe = "GET /stream/";
  constexpr std::string_view kPublish = "POST /publish/";
  const auto name_after = [&](std::string_view start) {
    return head.substr(start.size(), head.find_first_of(" ?", start.size()) - start.size());
  };
  if (head.starts_with(kPublish)) {
    publish(connection, name_after(kPublish), std::move(body));
  } else if (head.starts_with(kSubscribe)) {
    subscribe(connection, name_after(kSubscribe), head);
  } else {
    send_whole(connection.fd, kNotFound);
  }
  return true;
}

void FloorServer::subscribe(Connection& connection, const std::string& name, const std::string& head) {
  std::string().swap(connection.in);
  auto& channel = channels_[name];
  if (!channel) channel = std::make_unique<Channel>();
  std::string answer(kStreamHead);
  if (const auto after = header_number(head, "Last-Event-ID: "); after > 0 && after < channel->last) {
    const auto wanted = std::min<std::uint64_t>(channel->last - after, channel->kept.size());
    for (auto i = channel->kept.size() - wanted; i < channel->kept.size(); ++i) answer += channel->kept[i];
  }
  connection.channel = channel.get();
  connection.place = channel->readers.size();
  channel->readers.push_back(&connection);
  if (!send_whole(connection.fd, answer)) close(connection);
}

void FloorServer::publish(Connection& connection, const std::string& name, std::string body) {
  auto& channel = channels_[name];
  if (!channel) channel = std::make_unique<Channel>();
  const auto frame = "id: " + std::to_string(++channel->last) + "\ndata: " + body + "\n\n";
  for (auto* const reader : channel->readers) {
    if (!send_whole(reader->fd, frame)) behind_.push_back(reader);
  }
  for (auto* const reader : std::exchange(behind_, {})) close(*reader);
  channel->kept.push_back(frame);
  if (channel->kept.size() > kKept) channel->kept.pop_front();
  send_whole(connection.fd, kAccepted);
}

void FloorServer::close(Connection& connection) {
  if (connection.channel != nullptr) {
    auto& readers = connection.channel->readers;
    readers[connection.place] = readers.back();
    readers[connection.place]->place = connection.place;
    readers.pop_back();
    connection.channel = nullptr;
  }
  ::close(std::exchange(connection.fd, -1));
}

}  // namespace taskwire::bench
