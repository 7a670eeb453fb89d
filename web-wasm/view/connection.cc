#include "view/connection.h"

#include <algorithm>
#include <utility>

namespace taskwire::view {

Connection::Connection(std::function<double()> random)
    : backoff_({.first = Millis(1'000), .most = Millis(30'000), .least = Millis(250)}, std::move(random)) {}

void Connection::connect(Time now) {
  is_wanted_ = true;
  failures_ = 0;
  backoff_.reset();
  open(now);
}

void Connection::disconnect() {
  is_wanted_ = false;
  stream_ = 0;
  upstream_ = {};
  state_ = State::disconnected;
}

void Connection::reconnect(Time now) {
  if (is_wanted_) open(now);
}

void Connection::pause() {
  if (!is_wanted_) return;
  stream_ = 0;
  upstream_ = {};
  state_ = State::paused;
}

void Connection::resume(Time now) {
  if (state_ == State::paused) open(now);
}

void Connection::set_online(bool is_online, Time now) {
  const bool came_back = is_online && !is_online_;
  is_online_ = is_online;
  if (came_back && (state_ == State::retrying || state_ == State::waiting)) open(now);
}

void Connection::opened(Time now) {
  if (stream_ == 0) return;
  state_ = State::live;
  heard_at_ = now;
}

void Connection::heard(Time now, std::optional<Millis> interval) {
  if (stream_ != 0) heard_at_ = now;
  failures_ = 0;
  backoff_.reset();
  had_grace_ = false;
  heartbeat_ = interval.value_or(heartbeat_);
}

void Connection::broke(bool for_good, Time now, Millis least) {
  if (stream_ == 0) return;
  ++failures_;
  upstream_ = {};
  if (for_good) {
    wait(now, least);
    return;
  }
  state_ = State::retrying;
  heard_at_ = now;
}

void Connection::tick(Time now) {
  if (state_ == State::waiting && now >= retry_at_) {
    open(now);
    return;
  }
  if (stream_ == 0) return;
  heard_at_ = std::min(heard_at_, now);  // the clock may have been set back
  const auto overdue = now - heard_at_ - patience();
  if (overdue < Millis(0)) return;
  if (overdue > kGrace && !had_grace_) {
    had_grace_ = true;
    heard_at_ = now - patience() + kGrace;
    return;
  }
  ++failures_;
  open(now);
}

Millis Connection::countdown(Time now) const {
  return state_ == State::waiting ? std::max(retry_at_ - now, Millis(0)) : Millis(0);
}

std::optional<Time> Connection::deadline() const {
  if (state_ == State::waiting) return retry_at_;
  if (stream_ == 0) return std::nullopt;
  return heard_at_ + patience();
}

void Connection::open(Time now) {
  stream_ = ++opened_;
  upstream_ = {};
  state_ = State::connecting;
  heard_at_ = now;
}

void Connection::wait(Time now, Millis least) {
  stream_ = 0;
  state_ = State::waiting;
  retry_at_ = now + std::max(backoff_.next(), std::min(least, kRetryPatience));
}

Millis Connection::patience() const {
  return state_ == State::retrying ? kRetryPatience : std::max(kPatience, heartbeat_ * 5 / 2);
}

}  // namespace taskwire::view
