#include "gate/relay.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <utility>

namespace taskwire::gate {
namespace {

constexpr int kRounds = 4;  // then others have their turn
constexpr std::size_t kKeptCapacity = 4096;

bool would_block(int error) {
  return error == EAGAIN || error == EINTR;
}

}  // namespace

Relay::Relay(engine::Fd client, std::string peer, Allowance& allowance, engine::SteadyTime now)
    : client_(std::move(client)),
      peer_(std::move(peer)),
      accepted_(now),
      heard_(now),
      guard_(allowance),
      up_{client_.get(), grpc_.get(), {}},
      down_{grpc_.get(), client_.get(), {}} {}

void Relay::connect(engine::Fd grpc) {
  grpc_ = std::move(grpc);
  up_.to = down_.from = grpc_.get();
}

Relay::State Relay::move(std::span<char> buffer, engine::SteadyTime now) {
  if (!grpc_) return greet(buffer, now);
  const auto down = move_down(buffer, now);
  if (down == State::ended) return down;
  const bool has_to_wait = is_in_line_ && guard_.waits_for() != FrameGuard::Wait::none;
  const auto up = parts_until_ ? ignore(buffer) : has_to_wait ? wait_in_line(now) : move_up(buffer, now);
  return down == State::has_more && up != State::ended ? down : up;
}

Relay::State Relay::greet(std::span<char> buffer, engine::SteadyTime now) {
  while (!guard_.has_request() && up_.kept.size() < buffer.size()) {
    const auto bytes = next_of_client(buffer, now);
    if (!bytes) break;
    const auto verdict = guard_.from_client(*bytes, now);
    fault_ = verdict.fault;
    if (fault_ != Fault::none) return State::ended;
    up_.kept += bytes->substr(0, verdict.passes);
    held_ = bytes->substr(verdict.passes);
    if (!held_.empty()) break;
  }
  if (guard_.has_request()) let_in();
  if (guard_.is_introduced() && is_let_in_) return State::introduced;
  if (up_.is_at_end) return State::ended;
  return guard_.is_introduced() ? State::held : State::waits;
}

Relay::State Relay::move_down(std::span<char> buffer, engine::SteadyTime now) {
  auto& way = down_;
  for (int round = 0; round < kRounds; ++round) {
    if (!give_kept(way)) return State::ended;
    if (!way.kept.empty() || way.is_at_end) return State::waits;
    const auto got = recv(way.from, buffer.data(), buffer.size(), 0);
    if (got < 0 && would_block(errno)) return State::waits;
    if (got <= 0) {
      way.is_at_end = true;
      shutdown(way.to, SHUT_WR);
      part(now);
      return State::waits;
    }
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    fault_ = guard_.from_engine(bytes, now).fault;
    if (fault_ != Fault::none || !give(way, bytes)) return State::ended;
  }
  return State::has_more;
}

Relay::State Relay::move_up(std::span<char> buffer, engine::SteadyTime now) {
  auto& way = up_;
  for (int round = 0; round < kRounds; ++round) {
    if (!give_kept(way)) {
      part(now);
      return State::has_more;
    }
    if (!way.kept.empty() || way.is_at_end) return State::waits;
    const auto bytes = next_of_client(buffer, now);
    if (!bytes) {
      // gRPC finishes what it was asked after the client's end. Told once: each time would wake us anew.
      if (way.is_at_end) shutdown(way.to, SHUT_WR);
      return State::waits;
    }
    const auto verdict = guard_.from_client(*bytes, now);
    fault_ = verdict.fault;
    if (fault_ != Fault::none) return State::ended;
    if (!give(way, bytes->substr(0, verdict.passes))) {
      part(now);
      return State::has_more;
    }
    held_ = bytes->substr(verdict.passes);
    if (held_.empty()) continue;
    return hold();
  }
  return State::has_more;
}

Relay::State Relay::hold() const {
  // Nothing that the client has to do brings an advance, and one that is gone has no use for it.
  return has_client_ended_ && guard_.waits_for() == FrameGuard::Wait::advance ? State::ended : State::held;
}

Relay::State Relay::wait_in_line(engine::SteadyTime now) {
  if (give_kept(up_)) return hold();
  part(now);
  return State::has_more;
}

std::optional<std::string_view> Relay::next_of_client(std::span<char> buffer, engine::SteadyTime now) {
  if (!held_.empty()) {
    std::copy(held_.begin(), held_.end(), buffer.begin());
    return std::string_view(buffer.data(), held_.size());
  }
  const auto got = recv(up_.from, buffer.data(), buffer.size(), 0);
  if (got <= 0) {
    up_.is_at_end = got == 0 || !would_block(errno);
    return std::nullopt;
  }
  heard_ = now;
  return std::string_view(buffer.data(), static_cast<std::size_t>(got));
}

void Relay::part(engine::SteadyTime now) {
  if (!parts_until_) parts_until_ = now + kParting;
  up_.kept.clear();
  held_.clear();
}

Relay::State Relay::ignore(std::span<char> buffer) {
  const bool is_all_said = down_.is_at_end && down_.kept.empty();
  for (int round = 0; round < kRounds && !up_.is_at_end; ++round) {
    const auto got = recv(up_.from, buffer.data(), buffer.size(), 0);
    if (got < 0 && would_block(errno)) return State::waits;
    if (got > 0) ignored_ += static_cast<std::size_t>(got);
    up_.is_at_end = got <= 0 || ignored_ > kMostIgnored;
  }
  if (!up_.is_at_end) return State::has_more;
  return is_all_said ? State::ended : State::waits;
}

bool Relay::give_kept(Way& way) {
  return way.kept.empty() || give(way, std::string_view(way.kept).substr(way.given));
}

bool Relay::give(Way& way, std::string_view bytes) {
  const auto all = bytes.size();
  while (!bytes.empty()) {
    const auto sent = send(way.to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && !would_block(errno)) return false;
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
  const auto last_words = grpc_ ? goaway(fault, guard_.last_stream()) : first_goaway(fault);
  send(client_.get(), last_words.data(), last_words.size(), MSG_NOSIGNAL);
  shutdown(client_.get(), SHUT_WR);
  // What was not read would turn the end into a RST, which takes back what was said.
  std::array<char, 16384> rest;
  for (int i = 0; i < 64 && recv(client_.get(), rest.data(), rest.size(), 0) > 0; ++i) {
  }
}

}  // namespace taskwire::gate
