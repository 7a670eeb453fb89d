#include "bench/publisher.h"

#include <algorithm>

#include "bench/payload.h"

namespace taskwire::bench {
namespace {

constexpr std::size_t kShownOfAnAnswer = 300;

std::string problem_of(const Exchange& exchange) {
  if (exchange.status() == 0) return "the server closed the connection of a publisher without an answer";
  return "the server refused to publish: status " + std::to_string(exchange.status()) + ", " +
         exchange.body().substr(0, kShownOfAnAnswer);
}

}  // namespace

Publisher::Publisher(Loop& loop, const Dialect& dialect, const sockaddr_in& target, Channels& channels,
                     std::size_t callers, std::size_t bytes)
    : dialect_(dialect), channels_(channels), bytes_(bytes), callers_(callers) {
  free_.reserve(callers);
  for (auto& caller : callers_) {
    caller.exchange = std::make_unique<Exchange>(
        loop, target, std::nullopt,
        [this, &caller](Exchange& /*exchange*/, Nanoseconds at) { take_answer(caller, at); });
    free_.push_back(&caller);
  }
}

void Publisher::start(Plan plan, Nanoseconds at) {
  plan_ = plan;
  schedule_.start(at, plan.per_second);
  end_ = at + plan.time;
  at_ = at;
  asked_ = accepted_ = refused_ = 0;
  answers_.clear();
}

bool Publisher::has_more() const {
  return asked_ < plan_.events && (schedule_.is_paced() ? schedule_.next() < end_ : at_ < end_);
}

void Publisher::advance(Nanoseconds at) {
  at_ = at;
  while (!free_.empty() && has_more() && schedule_.next() <= at) {
    auto& caller = *free_.back();
    free_.pop_back();
    publish(caller, schedule_.take(at));
  }
}

Nanoseconds Publisher::next_due() const {
  if (free_.empty() || !has_more()) return kNever;
  return schedule_.next();
}

void Publisher::publish(Caller& caller, Nanoseconds due) {
  const auto channel = plan_.first_channel + static_cast<std::uint32_t>(asked_ % plan_.channels);
  ++asked_;
  payload_.clear();
  append_payload(payload_, {.channel = channel, .sequence = channels_.take_next(channel), .due = due}, bytes_);
  caller.due = due;
  auto& request = caller.exchange->request();
  request.clear();
  dialect_.append_publish(request, channels_.name(channel), payload_);
  caller.exchange->send();
}

void Publisher::take_answer(Caller& caller, Nanoseconds at) {
  if (caller.exchange->is_success()) {
    ++accepted_;
    answers_.add(at - caller.due);
  } else {
    ++refused_;
    if (first_problem_.empty()) first_problem_ = problem_of(*caller.exchange);
  }
  free_.push_back(&caller);
}

}  // namespace taskwire::bench
