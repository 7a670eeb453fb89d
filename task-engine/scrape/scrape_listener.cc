#include "scrape/scrape_listener.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <utility>

namespace taskwire::scrape {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kRest{100};

std::vector<Address> addresses_of(const std::vector<gate::Listening>& listening) {
  std::vector<Address> addresses;
  addresses.reserve(listening.size());
  for (const auto& each : listening) addresses.push_back(each.address);
  return addresses;
}

bool is_to_be_repeated(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace

engine::Result<std::unique_ptr<ScrapeListener>> ScrapeListener::open(const std::string& address, Collect collect) {
  auto listening = gate::listen_on(address, "--metrics-listen");
  if (!listening) return tl::make_unexpected(listening.error());
  engine::Fd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake)
    return engine::refuse(Reason::cannot_start, "the system gives no descriptor for the metrics; raise ulimit -n");
  return std::unique_ptr<ScrapeListener>(
      new ScrapeListener(std::move(*listening), std::move(wake), std::move(collect)));
}

ScrapeListener::ScrapeListener(std::vector<gate::Listening> listening, engine::Fd wake, Collect collect)
    : listening_(std::move(listening)),
      wake_(std::move(wake)),
      collect_(std::move(collect)),
      addresses_(addresses_of(listening_)),
      thread_([this] { run(); }) {}

ScrapeListener::~ScrapeListener() {
  eventfd_write(wake_.get(), 1);
  thread_.join();
}

void ScrapeListener::run() {
  std::vector<pollfd> polled;
  // Want of memory is met before there is anybody to serve.
  polled.reserve(1 + listening_.size() + kMostConnections);
  connections_.reserve(kMostConnections);
  for (;;) {
    const auto now = steady_clock::now();
    std::erase_if(connections_, [&](const Connection& connection) { return connection.deadline <= now; });
    const bool accepts = connections_.size() + listening_.size() <= kMostConnections && now >= rests_until_;
    polled.assign({{wake_.get(), POLLIN, 0}});
    for (const auto& each : listening_) polled.push_back({accepts ? each.socket.get() : -1, POLLIN, 0});
    const std::size_t first = polled.size();
    auto until = now < rests_until_ ? rests_until_ : now + kPatience;
    for (const auto& connection : connections_) {
      polled.push_back({connection.socket.get(), static_cast<short>(connection.is_sending() ? POLLOUT : POLLIN), 0});
      until = std::min(until, connection.deadline);
    }
    const auto timeout = std::chrono::ceil<milliseconds>(until - now);
    if (poll(polled.data(), polled.size(), static_cast<int>(timeout.count())) < 0) continue;
    if (polled[0].revents != 0) return;
    for (std::size_t i = connections_.size(); i > 0; --i) {
      auto& connection = connections_[i - 1];
      if (polled[first + i - 1].revents == 0 || try_to_serve(connection)) continue;
      std::swap(connection, connections_.back());
      connections_.pop_back();
    }
    for (std::size_t i = 0; i < listening_.size(); ++i) {
      if (polled[i + 1].revents != 0) accept(listening_[i].socket.get());
    }
  }
}

void ScrapeListener::accept(int listening) {
  engine::Fd socket(accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (socket) {
    connections_.push_back({std::move(socket), steady_clock::now() + kPatience, {}, {}});
  } else if (!is_to_be_repeated(errno) && errno != ECONNABORTED) {
    rests_until_ = steady_clock::now() + kRest;  // what waits to be accepted would wake the thread again and again
  }
}

/// Want of memory ends the connection, not the engine.
bool ScrapeListener::try_to_serve(Connection& connection) noexcept {
  try {
    return serve(connection);
  } catch (const std::exception& error) {
    spdlog::error("the metrics could not be told: {}", error.what());
    return false;
  }
}

bool ScrapeListener::serve(Connection& connection) {
  if (connection.is_sending()) return send(connection);
  std::array<char, 4096> bytes{};
  const auto got = recv(connection.socket.get(), bytes.data(), bytes.size(), 0);
  if (got <= 0) return got < 0 && is_to_be_repeated(errno);
  // What comes after the answer is read and forgotten: closing with something unread would take the answer back.
  if (connection.is_answered()) return true;
  connection.request.append(bytes.data(), static_cast<std::size_t>(got));
  auto answer = scrape_answer(connection.request, collect_);
  if (!answer) return true;
  connection.answer = std::move(*answer);
  return send(connection);
}

bool ScrapeListener::send(Connection& connection) {
  while (connection.is_sending()) {
    const auto sent = ::send(connection.socket.get(), connection.answer.data() + connection.sent,
                             connection.answer.size() - connection.sent, MSG_NOSIGNAL);
    if (sent < 0) return is_to_be_repeated(errno);
    connection.sent += static_cast<std::size_t>(sent);
  }
  shutdown(connection.socket.get(), SHUT_WR);
  return true;
}

}  // namespace taskwire::scrape
