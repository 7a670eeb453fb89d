#include "gate/gate.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <utility>

namespace taskwire::gate {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} << 10;
constexpr std::size_t kDescriptorsPerConnection = 3;  // the client's, and the two ends of a pair to gRPC
constexpr std::size_t kMostReserve = 64;              // of descriptors, for the store, the log, files of tasks, gRPC
constexpr std::chrono::seconds kSweep{1};
constexpr std::chrono::seconds kReport{10};
constexpr std::size_t kManyStreams = 1000;
constexpr std::chrono::milliseconds kPause{100};                  // when the system gives no descriptor
constexpr std::string_view kNoSettings("\0\0\0\4\0\0\0\0\0", 9);  // a server speaks first by its SETTINGS

std::size_t usable(std::size_t descriptors) {
  return descriptors - std::min(kMostReserve, descriptors / 2);
}

Limits capped(Limits limits, std::size_t descriptors) {
  limits.connections = std::clamp<std::size_t>(usable(descriptors) / kDescriptorsPerConnection, 1, limits.connections);
  return limits;
}

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

void watch(int poll, int fd, std::uint32_t events) {
  epoll_event event{events, {.fd = fd}};
  epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

}  // namespace

engine::Result<std::unique_ptr<Gate>> Gate::open(const std::string& address, const Settings& settings,
                                                 Complaints& complaints) {
  auto listening = listen_on(address);
  if (!listening) return tl::make_unexpected(listening.error());
  std::unique_ptr<Gate> gate(new Gate(std::move(*listening), settings, complaints));
  if (!gate->poll_ || !gate->wake_) return engine::refuse(Reason::cannot_start, "too few descriptors; raise ulimit -n");
  return gate;
}

Gate::Gate(std::vector<Listening> listening, const Settings& settings, Complaints& complaints)
    : settings_(settings),
      most_descriptor_(usable(settings.descriptors)),
      complaints_(complaints),
      poll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      listening_(std::move(listening)),
      allowance_(capped(settings.limits, settings.descriptors)),
      buffer_(kBufferBytes) {
  for (const auto& each : listening_) addresses_.push_back(each.address);
}

Gate::~Gate() {
  is_stopping_ = true;
  eventfd_write(wake_.get(), 1);
  if (thread_.joinable()) thread_.join();
}

void Gate::start(Take take) {
  take_ = std::move(take);
  thread_ = std::thread([this] { run(); });
}

void Gate::stop_listening() {
  is_to_listen_ = false;
  eventfd_write(wake_.get(), 1);
}

void Gate::run() {
  watch(poll_.get(), wake_.get(), EPOLLIN);
  for (const auto& each : listening_) watch(poll_.get(), each.socket.get(), EPOLLIN);
  std::array<epoll_event, 64> events;
  while (!is_stopping_) {
    const auto patience =
        std::chrono::duration_cast<std::chrono::milliseconds>(unfinished_.empty() ? kSweep : kSweep * 0);
    const int count = epoll_wait(poll_.get(), events.data(), events.size(), static_cast<int>(patience.count()));
    now_ = std::chrono::steady_clock::now();
    for (const int fd : std::exchange(unfinished_, {})) move(fd);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      const bool is_listening = std::any_of(listening_.begin(), listening_.end(),
                                            [fd](const Listening& each) { return each.socket.get() == fd; });
      if (is_listening) {
        accept_from(fd);
      } else if (fd == wake_.get()) {
        eventfd_t value = 0;
        eventfd_read(fd, &value);
      } else {
        move(fd);
      }
    }
    ended_.clear();
    if (!is_to_listen_) listening_.clear();
    if (now_ >= next_sweep_) sweep();
  }
  relays_.clear();
}

void Gate::accept_from(int listening) {
  if (now_ < accepts_from_) return;
  for (;;) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    engine::Fd client(accept4(listening, reinterpret_cast<sockaddr*>(&address), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (client) {
      admit(std::move(client), name_of(address));
    } else if (errno == EAGAIN) {
      return;
    } else if (!is_of_one_connection(errno)) {
      complaints_.add(Reason::too_many_connections, "the system accepts no connection; raise ulimit -n",
                      std::generic_category().message(errno), now_);
      accepts_from_ = now_ + kPause;
      return;
    }
  }
}

void Gate::admit(engine::Fd client, std::string peer) {
  const int fd = client.get();
  std::array<int, 2> ends{-1, -1};
  const bool has_room = allowance_.connections < allowance_.limits.connections &&
                        static_cast<std::size_t>(fd) < most_descriptor_ &&
                        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0;
  engine::Fd ours(ends[0]);
  engine::Fd theirs(ends[1]);
  if (!has_room) {
    const auto [reason, text] = info(Fault::too_many_connections);
    complaints_.add(reason, text, peer, now_);
    const auto last_words = std::string(kNoSettings) + goaway(Fault::too_many_connections, 0);
    send(fd, last_words.data(), last_words.size(), MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    recv(fd, buffer_.data(), buffer_.size(), 0);  // unread, it would turn the end into a RST
    return;
  }
  const int yes = 1;
  const auto user_timeout = static_cast<unsigned>(settings_.user_timeout.count());
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout, sizeof user_timeout);
  auto relay = std::make_shared<Relay>(std::move(client), std::move(ours), std::move(peer), allowance_, now_);
  for (const int each : {relay->client(), relay->grpc()}) {
    relays_[each] = relay;
    watch(poll_.get(), each, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
  }
  take_(std::move(theirs));
}

void Gate::move(int fd) {
  const auto found = relays_.find(fd);
  if (found == relays_.end()) return;
  const auto relay = found->second;
  switch (relay->move(buffer_, now_)) {
    case Relay::State::waits:
      return;
    case Relay::State::has_more:
      unfinished_.push_back(fd);
      return;
    case Relay::State::ended:
      end(*relay, relay->fault());
  }
}

void Gate::end(Relay& relay, Fault fault) {
  if (fault != Fault::none) {
    const auto [reason, text] = info(fault);
    complaints_.add(reason, text, relay.peer(), now_);
    relay.say_farewell(fault);
  }
  const int client = relay.client();
  const int grpc = relay.grpc();
  ended_.push_back(std::move(relays_[client]));
  relays_.erase(client);
  relays_.erase(grpc);
}

void Gate::sweep() {
  next_sweep_ = now_ + kSweep;
  std::vector<std::shared_ptr<Relay>> silent;
  for (const auto& [fd, relay] : relays_) {
    if (fd == relay->client() && !relay->guard().is_introduced() && now_ - relay->accepted() > settings_.patience)
      silent.push_back(relay);
  }
  for (const auto& relay : silent) end(*relay, Fault::silent);
  complaints_.flush(now_);
  ended_.clear();
  report_ended();
}

void Gate::report_ended() {
  if (!settings_.on_many_ended || now_ < next_report_) return;
  if (allowance_.ended_streams - reported_streams_ < kManyStreams) return;
  reported_streams_ = allowance_.ended_streams;
  next_report_ = now_ + kReport;
  settings_.on_many_ended();
}

}  // namespace taskwire::gate
