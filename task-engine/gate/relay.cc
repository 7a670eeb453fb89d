#include "gate/relay.h"

#include <cerrno>
#include <sys/socket.h>
#include <utility>

namespace taskwire::gate {
namespace {

constexpr int kRounds = 4;  // then others have their turn
constexpr std::size_t kKeptCapacity = 4096;

bool would_block() {
  return errno == EAGAIN || errno == EINTR;
}

}  // namespace

Relay::Relay(engine::Fd client, engine::Fd grpc, std::string peer, Allowance& allowance, engine::SteadyTime now)
    : client_(std::move(client)),
      grpc_(std::move(grpc)),
      peer_(std::move(peer)),
      accepted_(now),
      heard_(now),
      guard_(allowance),
      up_{client_.get(), grpc_.get(), &FrameGuard::from_client, {}},
      down_{grpc_.get(), client_.get(), &FrameGuard::from_engine, {}} {}

Relay::State Relay::move(std::span<char> buffer, engine::SteadyTime now) {
  const auto down = move(down_, buffer, now);
  if (down == State::ended) return down;
  const auto up = move(up_, buffer, now);
  return up == State::waits ? down : up;
}

Relay::State Relay::move(Way& way, std::span<char> buffer, engine::SteadyTime now) {
  for (int round = 0; round < kRounds; ++round) {
    if (!way.kept.empty()) {
      if (!give(way, std::string_view(way.kept).substr(way.given))) return State::ended;
      if (!way.kept.empty()) return State::waits;
    }
    if (way.is_at_end) {
      // gRPC has nothing to say after its own end, but finishes what it was asked after the client's.
      if (&way == &down_) return State::ended;
      shutdown(way.to, SHUT_WR);
      return State::waits;
    }
    const auto got = recv(way.from, buffer.data(), buffer.size(), 0);
    if (got < 0) return would_block() ? State::waits : State::ended;
    if (got == 0) {
      way.is_at_end = true;
      continue;
    }
    if (&way == &up_) heard_ = now;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    fault_ = (guard_.*way.look)(bytes, now);
    if (fault_ != Fault::none || !give(way, bytes)) return State::ended;
  }
  return State::has_more;
}

bool Relay::give(Way& way, std::string_view bytes) {
  const auto all = bytes.size();
  while (!bytes.empty()) {
    const auto sent = send(way.to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && !would_block()) return false;
    if (sent < 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  if (bytes.empty()) {
    way.kept.clear();
    way.given = 0;
    if (way.kept.capacity() > kKeptCapacity) way.kept.shrink_to_fit();
  } else if (way.kept.empty()) {
    way.kept = bytes;
    way.given = 0;
  } else {
    way.given += all - bytes.size();
  }
  return true;
}

void Relay::say_farewell(Fault fault) {
  if (!guard_.may_speak() || !down_.kept.empty()) return;
  const auto last_words = goaway(fault, guard_.last_stream());
  send(client_.get(), last_words.data(), last_words.size(), MSG_NOSIGNAL);
  shutdown(client_.get(), SHUT_WR);
  // What was not read would turn the end into a RST, which takes back what was said.
  std::array<char, 16384> rest;
  for (int i = 0; i < 64 && recv(client_.get(), rest.data(), rest.size(), 0) > 0; ++i) {
  }
}

}  // namespace taskwire::gate
