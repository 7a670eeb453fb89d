#include "gate/gate.h"

#include <algorithm>
#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
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
constexpr std::chrono::milliseconds kSearch{10};  // between two for connections without calls
constexpr std::chrono::seconds kGrace{1};         // for a newcomer to say something
constexpr std::chrono::seconds kReport{10};
constexpr std::size_t kManyStreams = 1000;
constexpr std::chrono::milliseconds kTurn{2};  // between two looks at those who are held

std::size_t usable(std::size_t descriptors) {
  return descriptors - std::min(kMostReserve, descriptors / 2);
}

Limits capped(Limits limits, std::size_t descriptors) {
  limits.connections = std::clamp<std::size_t>(usable(descriptors) / kDescriptorsPerConnection, 1, limits.connections);
  return limits;
}

std::vector<Address> addresses_of(const std::vector<Listening>& listening) {
  std::vector<Address> addresses;
  addresses.reserve(listening.size());
  for (const auto& each : listening) addresses.push_back(each.address);
  return addresses;
}

void watch(int poll, int fd, std::uint32_t events) {
  epoll_event event{events, {.fd = fd}};
  epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

}  // namespace

engine::Result<std::unique_ptr<Gate>> Gate::open(const std::string& address, const Settings& settings) {
  auto listening = listen_on(address);
  if (!listening) return tl::make_unexpected(listening.error());
  std::unique_ptr<Gate> gate(new Gate(std::move(*listening), settings));
  if (!gate->poll_ || !gate->wake_) return engine::refuse(Reason::cannot_start, "too few descriptors; raise ulimit -n");
  return gate;
}

Gate::Gate(std::vector<Listening> listening, const Settings& settings)
    : settings_(settings),
      most_descriptor_(usable(settings.descriptors)),
      addresses_(addresses_of(listening)),
      poll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      acceptor_(std::move(listening), poll_.get()),
      allowance_(capped(settings.limits, settings.descriptors)),
      buffer_(kBufferBytes) {}

void Gate::start(Take take) {
  take_ = std::move(take);
  thread_ = std::thread([this] { run(); });
}

void Gate::stop_listening() {
  is_to_listen_ = false;
  eventfd_write(wake_.get(), 1);
}

void Gate::stop(std::chrono::milliseconds patience) {
  stops_at_ = std::chrono::steady_clock::now() + patience;
  is_stopping_ = true;
  stop_listening();
  if (thread_.joinable()) thread_.join();
}

void Gate::run() {
  watch(poll_.get(), wake_.get(), EPOLLIN);
  acceptor_.watch();
  const Acceptor::Admit admit = [this](engine::Fd client, std::string peer) {
    this->admit(std::move(client), std::move(peer));
  };
  std::array<epoll_event, 64> events;
  while (!is_stopping_ || (!relays_.empty() && now_ < stops_at_.load())) {
    const int count = epoll_wait(poll_.get(), events.data(), events.size(), static_cast<int>(patience().count()));
    now_ = std::chrono::steady_clock::now();
    for (const int fd : std::exchange(unfinished_, {})) move(fd);
    bool has_newcomers = false;
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      if (acceptor_.listens_at(event.data.fd)) {
        has_newcomers = true;
      } else {
        handle(event.data.fd, event.events);
      }
    }
    serve_line();
    ended_.clear();
    if (!is_to_listen_) acceptor_.stop();
    // Last: a newcomer may get a descriptor of one who makes room for it, of which events could be left before.
    if (has_newcomers) acceptor_.accept(now_, admit);
    acceptor_.go_on(now_);
    if (now_ >= next_sweep_) sweep();
  }
  relays_.clear();
}

std::chrono::milliseconds Gate::patience() const {
  if (!unfinished_.empty()) return {};
  if (!line_.empty() || is_stopping_) return kTurn;
  return acceptor_.is_resting() ? Acceptor::kRest : std::chrono::milliseconds(kSweep);
}

void Gate::handle(int fd, std::uint32_t events) {
  if (fd == wake_.get()) {
    eventfd_t value = 0;
    eventfd_read(fd, &value);
    return;
  }
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
    const auto found = relays_.find(fd);
    if (found != relays_.end() && found->second->client() == fd) found->second->client_has_ended();
  }
  move(fd);
}

void Gate::admit(engine::Fd client, std::string peer) {
  const int fd = client.get();
  const bool has_room = (allowance_.connections < allowance_.limits.connections || make_room()) &&
                        static_cast<std::size_t>(fd) < most_descriptor_;
  if (!has_room) {
    refused(Fault::too_many_connections, peer);
    const auto last_words = first_goaway(Fault::too_many_connections);
    send(fd, last_words.data(), last_words.size(), MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    recv(fd, buffer_.data(), buffer_.size(), 0);  // unread, it would turn the end into a RST
    return;
  }
  const int yes = 1;
  const auto user_timeout = static_cast<unsigned>(settings_.user_timeout.count());
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout, sizeof user_timeout);
  const auto relay = std::make_shared<Relay>(std::move(client), std::move(peer), allowance_, now_);
  take_up(fd, relay);
  newcomers_.push_back(relay);
}

void Gate::take_up(int fd, const std::shared_ptr<Relay>& relay) {
  relays_[fd] = relay;
  watch(poll_.get(), fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

bool Gate::connect(const std::shared_ptr<Relay>& relay) {
  std::array<int, 2> ends{-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) return false;
  relay->connect(engine::Fd(ends[0]));
  take_up(relay->grpc(), relay);
  take_(engine::Fd(ends[1]));
  return true;
}

bool Gate::make_room() {
  auto victim = find_silent(now_ - kGrace);
  if (!victim) victim = find_held();
  if (!victim) victim = find_silent(now_);
  if (!victim) victim = find_idle();
  if (!victim) return false;
  end(*victim, Fault::too_many_connections);
  victim.reset();
  ended_.clear();
  return true;
}

std::shared_ptr<Relay> Gate::find_held() {
  std::shared_ptr<Relay> most;
  for (const auto& each : line_) {
    const auto relay = each.lock();
    if (!relay) continue;
    const bool begins_only = relay->waits_outside() && relay->guard().streams() > 0;
    if (!begins_only && relay->guard().waits_for() != FrameGuard::Wait::advance) continue;
    if (!most || relay->held() > most->held()) most = relay;
  }
  return most;
}

std::shared_ptr<Relay> Gate::find_silent(engine::SteadyTime since) {
  for (; !newcomers_.empty(); newcomers_.pop_front()) {
    auto first = newcomers_.front().lock();
    if (first && !first->guard().is_introduced()) return first->accepted() <= since ? first : nullptr;
  }
  return nullptr;
}

std::shared_ptr<Relay> Gate::find_idle() {
  if (now_ < next_search_) return nullptr;
  next_search_ = now_ + kSearch;
  std::shared_ptr<Relay> longest;
  for (const auto& [fd, relay] : relays_) {
    const bool is_idle = !relay->guard().has_request() && now_ - relay->heard() > settings_.patience;
    if (is_idle && (!longest || relay->heard() < longest->heard())) longest = relay;
  }
  return longest;
}

void Gate::move(int fd, bool stood_in_line) {
  const auto found = relays_.find(fd);
  if (found == relays_.end()) return;
  const auto relay = found->second;
  const auto state = relay->move(buffer_, now_);
  if (state != Relay::State::ended && relay->is_held()) stand_in_line(relay, stood_in_line);
  switch (state) {
    case Relay::State::introduced:
      return connect(relay) ? move(fd) : end(*relay, Fault::too_many_connections);
    case Relay::State::waits:
    case Relay::State::held:
      return;
    case Relay::State::has_more:
      unfinished_.push_back(fd);
      return;
    case Relay::State::ended:
      end(*relay, relay->fault());
  }
}

void Gate::stand_in_line(const std::shared_ptr<Relay>& relay, bool stood_in_line) {
  if (!relay->enter_line()) return;
  if (!stood_in_line && !relay->waits_outside()) held_.count(relay->peer());
  line_.push_back(relay);
}

void Gate::serve_line() {
  if (line_.empty() || now_ < next_turns_) return;
  next_turns_ = now_ + kTurn;
  // Whoever had a turn and is held still stands at the end again.
  std::deque<std::weak_ptr<Relay>> waiting;
  for (const auto& each : std::exchange(line_, {})) {
    const auto relay = each.lock();
    if (!relay) continue;
    if (may_have_turn(*relay)) {
      relay->leave_line();
      move(relay->client(), true);
    } else {
      if (relay->waits_outside() && relay->note_wait()) held_.count(relay->peer());
      waiting.push_back(each);
    }
  }
  line_.insert(line_.begin(), waiting.begin(), waiting.end());
}

bool Gate::may_have_turn(Relay& relay) {
  if (relay.waits_outside()) {
    // Half of what there is at most goes to those who should have asked by now.
    const auto rest = relay.guard().streams() == 0 ? 0 : allowance_.limits.introductions / 2;
    const bool may_come = allowance_.introductions.take_leaving(rest, now_);
    if (may_come) relay.let_in();
    return may_come;
  }
  switch (relay.guard().waits_for()) {
    case FrameGuard::Wait::none:
      return true;
    case FrameGuard::Wait::advance:
      return !allowance_.advances.is_empty(now_);
    case FrameGuard::Wait::answers:
      return false;
  }
  return false;
}

void Gate::end(Relay& relay, Fault fault) {
  if (fault != Fault::none) {
    refused(fault, relay.peer());
    relay.say_farewell(fault);
  }
  const int client = relay.client();
  const int grpc = relay.grpc();
  ended_.push_back(std::move(relays_[client]));
  relays_.erase(client);
  relays_.erase(grpc);
}

void Gate::refused(Fault fault, std::string_view whose) {
  refusals_.try_emplace(fault, "gate: refused, " + to_string(fault)).first->second.count(whose);
}

void Gate::sweep() {
  next_sweep_ = now_ + kSweep;
  while (!newcomers_.empty()) {
    const auto first = newcomers_.front().lock();
    const bool is_silent = first && !first->guard().is_introduced();
    if (is_silent && now_ - first->accepted() <= settings_.patience) break;
    if (is_silent) end(*first, Fault::silent);
    newcomers_.pop_front();
  }
  std::vector<std::shared_ptr<Relay>> overdue;
  for (const auto& [fd, relay] : relays_) {
    if (fd == relay->client() && relay->is_overdue(now_)) overdue.push_back(relay);
  }
  for (const auto& relay : overdue) end(*relay, Fault::none);
  overdue.clear();
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
