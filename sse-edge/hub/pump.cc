#include "hub/pump.h"

#include <algorithm>
#include <utility>

#include "resume/topic.h"

namespace taskwire::edge {
namespace {

using std::chrono::system_clock;

EngineState state_of(const Problem& problem) {
  const bool is_away = problem.reason == Reason::engine_unavailable || problem.reason == Reason::shutting_down;
  if (is_away) return {EngineState::Is::down, system_clock::now(), {}};
  return {EngineState::Is::failing, system_clock::now(), std::string(info(problem.reason).name)};
}

}  // namespace

Pump::Pump(Outside& outside, Sink& sink, const Means& means, StreamRequest request, bool is_task_known)
    : outside_(outside),
      sink_(sink),
      means_(means),
      is_greeted_(!request.greeted_user.empty()),
      session_(std::move(request), means.session, means.hub),
      connected_at_(system_clock::now()),
      is_task_known_(is_task_known || !session_.is_of_one_task()) {
  means.hub.subscribe(*this, session_.topics());
}

Pump::~Pump() {
  means_.hub.unsubscribe(*this);
}

void Pump::start(std::chrono::milliseconds retry) {
  std::string first;
  append_comment(first, "taskwire");
  append_block(first, {.retry_ms = static_cast<int>(retry.count())});
  if (is_greeted_) {
    const auto topic = parse_topic(session_.topics().front()->name());
    append_block(first, {.data = "User '" + std::string(topic->name) + "' connected"});
  }
  std::vector<FramePtr> frames{std::make_shared<const Frame>(first)};
  if (is_task_known_) session_.begin(means_.hub, frames);
  const std::vector<Part> parts(frames.begin(), frames.end());
  send(parts);
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
  if (state_ == State::open && !sink_.is_writable()) sink_.flush();
  if (state_ != State::open) return;
  session_.advance(means_.hub, *this);
  tell_engine_state();
  if (!may_send() || is_asking_) return;
  if (page_) return use_page();
  if (!is_task_known_) {
    if (wait_for_engine()) return;
    is_asking_ = true;
    return outside_.ask_for_task(task_request(*session_.narrowed()));
  }
  switch (session_.next(means_.hub)) {
    case Session::Need::hub:
      return read_hub();
    case Session::Need::news:
      has_no_trouble();
      return means_.hub.subscribe_to_changes(*this);
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
  means_.hub.unsubscribe_from_changes(*this);
  const bool has_more = session_.read(means_.hub, {}, before, events);
  for (const auto& frame : before) parts.emplace_back(frame);
  for (const auto* event : events) parts.emplace_back(*event, session_.projection());
  if (!parts.empty()) send(parts);
  if (may_send() && (has_more || session_.next(means_.hub) == Session::Need::over)) outside_.want_turn();
}

bool Pump::wait_for_engine() {
  if (means_.link.is_reachable) return false;
  means_.hub.subscribe_to_changes(*this);
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
  session_.take(*page, means_.hub, frames);
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
  if (!answer || is_over(answer->task(), session_.narrowed()->start)) return end();
  outside_.want_turn();
}

void Pump::try_again(const Problem& problem) {
  outside_.ask_again_later();
  if (problem.reason == Reason::too_many_calls && !is_task_known_) return;  // a limit of the edge itself
  EngineState found = state_of(problem);
  if (!trouble_) trouble_ = std::make_unique<Trouble>();
  if (trouble_->found && trouble_->found->is == found.is) {
    trouble_->found->reason = std::move(found.reason);
    trouble_->lasts = true;
  } else {
    trouble_->lasts = !session_.is_announced();
    trouble_->found = std::move(found);
  }
  tell_engine_state();
}

void Pump::has_no_trouble() {
  if (!trouble_ || !trouble_->found) return;
  trouble_->found.reset();
  tell_engine_state();
}

void Pump::tell_engine_state() {
  if (!may_send()) return;
  const bool is_up = means_.link.state.is == EngineState::Is::up;
  const bool is_found = trouble_ && trouble_->found;
  if (is_up && is_found && !trouble_->lasts) return;
  const bool is_own = is_up && is_found;
  const EngineState& state = is_own ? *trouble_->found : means_.link.state;
  if (state.is == told_ && state.reason == (trouble_ ? std::string_view(trouble_->told_reason) : "")) return;
  FramePtr frame = means_.link.state_frame;
  if (is_own) {
    frame = upstream_frame(state);
  } else if (is_up && is_told_own_) {
    frame = upstream_frame({EngineState::Is::up, system_clock::now(), {}});
  }
  told_ = state.is;
  is_told_own_ = is_own;
  if (!trouble_ && !state.reason.empty()) trouble_ = std::make_unique<Trouble>();
  if (trouble_) trouble_->told_reason = state.reason;
  if (!is_found && state.reason.empty()) trouble_.reset();
  const Part part(frame);
  send({&part, 1});
}

void Pump::send(std::span<const Part> parts) {
  sink_.try_write(parts);
}

void Pump::beat(Heartbeats& heartbeats, std::chrono::steady_clock::time_point now) {
  if (!sink_.is_writable()) {
    if (now - sink_.last_taken() > means_.stall_timeout) sink_.close(CloseReason::stalled);
    return;
  }
  if (state_ != State::open) return;
  const auto id = is_task_known_ ? session_.heartbeat_id(means_.hub, *this) : std::nullopt;
  const Part part(heartbeats.frame(id, is_greeted_));
  send({&part, 1});
}

std::vector<Presence> Pump::people(std::chrono::system_clock::time_point last_seen_at) const {
  std::vector<std::string_view> topics;
  topics.reserve(session_.topics().size());
  for (const auto& topic : session_.topics()) topics.push_back(topic->name());
  std::vector<Presence> people;
  const auto known = session_.known(means_.hub, *this);
  for (const auto user : people_of(topics))
    people.push_back({std::string(user), 1, connected_at_, std::max(connected_at_, last_seen_at), known});
  return people;
}

void Pump::end(std::optional<std::chrono::milliseconds> retry) {
  if (state_ != State::open) return;
  const auto last_id = session_.complete(means_.hub, *this);
  leave(State::ending);
  std::string last;
  if (retry) append_block(last, {.retry_ms = static_cast<int>(retry->count())});
  if (last_id) append_block(last, {.id = to_string(*last_id)});
  if (!last.empty()) {
    const FramePtr frame = std::make_shared<const Frame>(last);
    const Part part(frame);
    sink_.try_write({&part, 1});
  }
  if (state_ != State::closed) sink_.close(CloseReason::over);
}

void Pump::on_closed(CloseReason reason) {
  leave(State::closed);
  outside_.on_closed(reason, people(reason == CloseReason::vanished ? sink_.last_seen() : system_clock::now()));
}

/// What it has read by now stays what it is known to have.
void Pump::leave(State state) {
  if (state_ == State::open) session_.advance(means_.hub, *this);
  state_ = state;
  means_.hub.unsubscribe(*this);
}

}  // namespace taskwire::edge
