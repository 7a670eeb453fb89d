#include "bench/poller.h"

#include <algorithm>
#include <utility>

#include "bench/network.h"
#include "bench/payload.h"

namespace taskwire::bench {

Poller::Poller(Loop& loop, const Dialect& dialect, const sockaddr_in& target, const Channels& channels,
               std::uint32_t users, Nanoseconds interval)
    : dialect_(dialect),
      channels_(channels),
      cursor_key_('"' + dialect.poll_cursor() + "\":\""),
      interval_(interval),
      users_(users) {
  for (std::uint32_t i = 0; i < users; ++i) {
    users_[i].check.start_after(channels.last(i));
    users_[i].exchange =
        std::make_unique<Exchange>(loop, target, source_address(i, target),
                                   [this, i](Exchange& /*exchange*/, Nanoseconds at) { take_answer(i, at); });
  }
}

void Poller::start(Nanoseconds at) {
  schedule_.start(at, static_cast<double>(users_.size()) / in_seconds(interval_));
  turn_ = 0;
  is_stopped_ = false;
}

void Poller::clear() {
  requests_ = put_off_ = refused_ = skipped_ = deliveries_ = 0;
  latency_.clear();
}

void Poller::advance(Nanoseconds at) {
  while (!is_stopped_ && schedule_.next() <= at) {
    (void)schedule_.take(at);
    ask(static_cast<std::uint32_t>(turn_++ % users_.size()));
  }
}

void Poller::ask(std::uint32_t user) {
  auto& asking = users_[user];
  if (std::exchange(asking.is_waiting, true)) {
    ++skipped_;
    return;
  }
  ++waiting_;
  auto& request = asking.exchange->request();
  request.clear();
  dialect_.append_poll(request, channels_.name(user), asking.after);
  asking.exchange->send();
}

void Poller::take_answer(std::uint32_t user, Nanoseconds at) {
  auto& asking = users_[user];
  asking.is_waiting = false;
  --waiting_;
  ++requests_;
  if (const int status = asking.exchange->status(); status == 429 || status == 503) {
    ++put_off_;
    return;
  }
  if (!asking.exchange->is_success()) {
    ++refused_;
    if (first_problem_.empty()) {
      first_problem_ = "a poll was refused: status " + std::to_string(asking.exchange->status()) + ", " +
                       asking.exchange->body().substr(0, 300);
    }
    return;
  }
  if (!std::exchange(asking.is_settled, true)) ++settled_;
  take_events(user, at);
}

void Poller::take_events(std::uint32_t user, Nanoseconds at) {
  auto& asking = users_[user];
  std::string_view body = asking.exchange->body();
  if (const auto key = body.find(cursor_key_); key != std::string_view::npos) {
    const auto value = body.substr(key + cursor_key_.size());
    asking.after = value.substr(0, value.find('"'));
  }
  while (const auto payload = take_payload(body)) {
    if (payload->channel != user) {
      ++foreign_;
    } else if (asking.check.take(payload->sequence)) {
      ++deliveries_;
      latency_.add(at - payload->due);
    }
  }
}

bool Poller::has_all() const {
  for (std::uint32_t i = 0; i < users_.size(); ++i) {
    if (!users_[i].check.has_all(channels_.last(i))) return false;
  }
  return true;
}

Faults Poller::faults() const {
  Faults sum;
  for (std::uint32_t i = 0; i < users_.size(); ++i) sum += users_[i].check.faults(channels_.last(i));
  sum.foreign += foreign_;
  return sum;
}

}  // namespace taskwire::bench
