#include "hub/pump.h"

#include <algorithm>
#include <utility>

namespace taskwire::edge {
namespace {

using std::chrono::system_clock;

EngineState state_of(const Problem& problem) {
  const bool is_away = problem.reason == Reason::engine_unavailable || problem.reason == Reason::shutting_down;
  if (is_away) return {EngineState::Is::down, system_clock::now(), {}};
  return {EngineState::Is::failing, system_clock::now(), std::string(info(problem.reason).name)};
}

}  // namespace

Pump::Pump(Outside& outside, Sink& sink, Hub& hub, const EngineLink& link, const Settings& settings,
           StreamRequest request, bool is_task_known)
    : outside_(outside),
      sink_(sink),
      hub_(hub),
      link_(link),
      settings_(settings),
      session_(std::move(request), settings.max_lag, hub),
      is_task_known_(is_task_known || session_.request().task_id.empty()),
      connected_at_(system_clock::now()) {
  hub.subscribe(*this, session_.request().topics);
}

Pump::~Pump() {
  hub_.unsubscribe(*this);
}

void Pump::start(std::chrono::milliseconds retry) {
  std::string first;
  append_comment(first, "taskwire");
  append_block(first, {.retry_ms = static_cast<int>(retry.count())});
  if (const auto& user = session_.request().greeted_user; !user.empty())
    append_block(first, {.data = "User '" + user + "' connected"});
  const FramePtr frame = std::make_shared<const Frame>(first);
  const Part part(frame);
  send({&part, 1});
  if (state_ == State::open) outside_.want_turn();
}

void Pump::on_news() {
  try {
    go_on();
  } catch (...) {
    outside_.on_fault(std::current_exception());
  }
}

void Pump::on_writable() {
  if (state_ != State::open) return;
  try {
    outside_.want_turn();
  } catch (...) {
    outside_.on_fault(std::current_exception());
  }
}

void Pump::go_on() {
  if (state_ == State::open && !sink_.is_writable() && sink_.flush()) outside_.on_sent();
  if (state_ != State::open) return;
  session_.advance(hub_, *this);
  tell_engine_state();
  if (!may_send() || is_asking_) return;
  if (page_) return use_page();
  if (!is_task_known_) {
    if (wait_for_engine()) return;
    is_asking_ = true;
    return outside_.ask_for_task(task_request(session_.request()));
  }
  switch (session_.next(hub_)) {
    case Session::Need::hub:
      return read_hub();
    case Session::Need::news:
      has_no_trouble();
      return hub_.subscribe_to_changes(*this);
    case Session::Need::page:
      if (wait_for_engine()) return;
      is_asking_ = true;
      return outside_.ask_for_page(session_.page_request());
    case Session::Need::over:
      return end();
  }
}

void Pump::read_hub() {
  // Kept between reads, so that a delivery allocates nothing.
  static thread_local std::vector<FramePtr> before;
  static thread_local std::vector<const EventPtr*> events;
  static thread_local std::vector<Part> parts;
  before.clear();
  events.clear();
  parts.clear();
  has_no_trouble();
  if (!may_send()) return;
  hub_.unsubscribe_from_changes(*this);
  const bool has_more = session_.read(hub_, {}, before, events);
  for (const auto& frame : before) parts.emplace_back(frame);
  for (const auto* event : events) parts.emplace_back(*event, session_.request().projection);
  if (!parts.empty()) send(parts);
  if (may_send() && (has_more || session_.next(hub_) == Session::Need::over)) outside_.want_turn();
}

bool Pump::wait_for_engine() {
  if (link_.is_reachable) return false;
  hub_.subscribe_to_changes(*this);
  return true;
}

void Pump::take_page(const Result<PagePtr>& answer) {
  is_asking_ = false;
  if (state_ != State::open) return;
  if (!answer) return try_again(answer.error());
  page_ = *answer;
  outside_.want_turn();
}

void Pump::use_page() {
  const PagePtr page = std::exchange(page_, nullptr);
  std::vector<FramePtr> frames;
  session_.take(*page, hub_, frames);
  has_no_trouble();
  if (state_ != State::open) return;
  std::vector<Part> parts;
  parts.reserve(frames.size());
  for (const auto& frame : frames) parts.emplace_back(frame);
  if (!parts.empty()) send(parts);
  if (may_send()) outside_.want_turn();
}

void Pump::take_task(const Result<v1::GetTaskResponse>& answer) {
  is_asking_ = false;
  if (state_ != State::open) return;
  if (!answer && answer.error().reason != Reason::task_not_found) return try_again(answer.error());
  is_task_known_ = true;
  if (!answer || is_over(answer->task(), session_.request().start)) return end();
  outside_.want_turn();
}

void Pump::try_again(const Problem& problem) {
  outside_.ask_again_later();
  if (problem.reason == Reason::too_many_calls && !is_task_known_) return;  // a limit of the edge itself
  EngineState found = state_of(problem);
  if (trouble_ && trouble_->is == found.is) {
    trouble_->reason = std::move(found.reason);
    trouble_lasts_ = true;
  } else {
    trouble_lasts_ = !session_.is_announced();
    trouble_ = std::move(found);
  }
  tell_engine_state();
}

void Pump::has_no_trouble() {
  if (!trouble_) return;
  trouble_.reset();
  tell_engine_state();
}

void Pump::tell_engine_state() {
  if (!may_send()) return;
  const bool is_up = link_.state.is == EngineState::Is::up;
  if (is_up && trouble_ && !trouble_lasts_) return;
  const bool is_own = is_up && trouble_;
  const EngineState& state = is_own ? *trouble_ : link_.state;
  if (state.is == told_ && state.reason == told_reason_) return;
  FramePtr frame = link_.state_frame;
  if (is_own) {
    frame = upstream_frame(state);
  } else if (is_up && is_told_own_) {
    frame = upstream_frame({EngineState::Is::up, system_clock::now(), {}});
  }
  told_ = state.is;
  told_reason_ = state.reason;
  is_told_own_ = is_own;
  const Part part(frame);
  send({&part, 1});
}

void Pump::send(std::span<const Part> parts) {
  outside_.on_sent();
  sink_.try_write(parts);
}

void Pump::beat(Heartbeats& heartbeats, std::chrono::steady_clock::time_point now) {
  if (!sink_.is_writable()) {
    if (now - sink_.last_taken() > settings_.stall_timeout) sink_.close(CloseReason::stalled);
    return;
  }
  if (state_ != State::open) return;
  const auto id = is_task_known_ ? session_.heartbeat_id(hub_, *this) : std::nullopt;
  const Part part(heartbeats.frame(id, !session_.request().greeted_user.empty()));
  send({&part, 1});
}

std::vector<Presence> Pump::people(std::chrono::system_clock::time_point last_seen_at) const {
  auto id = state_ == State::open ? session_.complete(hub_, *this) : last_id_;
  if (!id) id = parse_cursor(session_.request().start.cursor);
  std::vector<Presence> people;
  for (const auto user : people_of(session_.request().topics))
    people.push_back({std::string(user), 1, connected_at_, std::max(connected_at_, last_seen_at), id});
  return people;
}

void Pump::end() {
  if (state_ != State::open) return;
  last_id_ = session_.complete(hub_, *this);
  state_ = State::ending;
  hub_.unsubscribe(*this);
  if (last_id_) {
    const FramePtr frame = id_frame(*last_id_);
    const Part part(frame);
    sink_.try_write({&part, 1});
  }
  if (state_ != State::closed) sink_.close(CloseReason::over);
}

void Pump::on_closed(CloseReason reason) {
  if (state_ == State::open) last_id_ = session_.complete(hub_, *this);
  state_ = State::closed;
  hub_.unsubscribe(*this);
  outside_.on_closed(reason, people(reason == CloseReason::vanished ? sink_.last_seen() : system_clock::now()));
}

}  // namespace taskwire::edge
