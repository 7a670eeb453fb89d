#include "hub/session.h"

#include <algorithm>
#include <utility>

#include "resume/topic.h"

namespace taskwire::edge {

using From = StreamStart::From;

Session::Session(StreamRequest request, const Means& means, Hub& hub) : means_(means), projection_(request.projection) {
  topics_.reserve(request.topics.size());
  for (const auto& topic : request.topics) topics_.push_back(hub.topic(topic));
  const auto& start = request.start;
  const auto cursor = parse_cursor(start.cursor);
  switch (start.from) {
    case From::now:
      break;
    case From::snapshot:
      begin_state(v1::RESET_REASON_START, std::nullopt);
      break;
    case From::earliest:
      begin_state(v1::RESET_REASON_START, "");
      break;
    case From::cursor:
    case From::added:
      if (!cursor) {
        begin_state(v1::RESET_REASON_MALFORMED, "");
      } else if (start.from == From::cursor) {
        phase_ = Phase::run;
        is_resume_ = is_replaying_ = true;
      } else if (std::all_of(request.topics.begin(), request.topics.end(), is_keyed)) {
        begin_state(v1::RESET_REASON_START, std::nullopt);
      } else {
        phase_ = Phase::judge_added;
      }
      if (cursor) cursor_ = *cursor;
  }
  if (!request.task_id.empty() || !request.types.empty())
    narrowed_ = std::make_unique<const StreamRequest>(std::move(request));
}

void Session::begin(const Hub& hub, std::vector<FramePtr>& out) {
  if (phase_ == Phase::run && hub.covers(cursor_)) announce(out);
}

Session::Need Session::next(const Hub& hub) const {
  if (is_over_) return Need::over;
  if (phase_ != Phase::run) return Need::page;
  return need_at(cursor_, hub);
}

Session::Need Session::need_at(const Cursor& cursor, const Hub& hub) const {
  if (hub.covers(cursor)) return Need::hub;
  if (is_confirmed_ && cursor.epoch == hub.epoch() && cursor.sequence > hub.log().head()) return Need::news;
  if (is_confirmed_ && empty_page_at_ == hub.version()) return Need::news;
  return Need::page;
}

v1::ReadEventsRequest Session::page_request() const {
  v1::ReadEventsRequest request;
  const auto add_topics = [&](auto wanted) {
    for (const auto& topic : topics_) {
      if (wanted(topic->name())) request.add_topics(topic->name());
    }
  };
  const auto any = [](const std::string&) { return true; };
  switch (phase_) {
    case Phase::start:  // only the head is wanted; equal for all streams, so shared
      request.set_page_size(1);
      break;
    case Phase::judge_added:
      add_topics([](const std::string& topic) { return !is_keyed(topic); });
      request.set_after(to_string(cursor_));
      request.set_page_size(1);
      break;
    case Phase::run:
      add_topics(any);
      request.set_after(to_string(cursor_));
      request.set_max_lag(means_.max_lag);
      break;
    case Phase::state:
      add_topics(any);
      request.set_state(true);
      request.set_after(state_->place);
      request.set_until(state_->until);
      if (state_->others_after) request.set_others_after(*state_->others_after);
      break;
  }
  return request;
}

void Session::take(const Page& page, const Hub& hub, std::vector<FramePtr>& out) {
  if (std::exchange(is_resume_, false)) means_.metrics.resume_misses.add();
  is_level_ = false;
  switch (phase_) {
    case Phase::start:
      cursor_ = page.head;
      is_confirmed_ = true;
      phase_ = Phase::run;
      announce(out);
      return;
    case Phase::judge_added:
      if (page.reset) return refuse(*page.reset);
      begin_state(v1::RESET_REASON_START, to_string(cursor_));
      return;
    case Phase::run:
      if (page.reset) return refuse(*page.reset);
      return take_run(page, hub, out);
    case Phase::state:
      if (page.reset) return refuse(*page.reset);
      return take_state(page, out);
  }
}

bool Session::read(const Hub& hub, const Budget& budget, std::vector<FramePtr>& before,
                   std::vector<const EventPtr*>& out) {
  announce(before);
  if (std::exchange(is_resume_, false)) means_.metrics.resume_hits.add();
  const Cursor from = cursor_;
  const std::size_t first = out.size();
  std::size_t bytes = 0;
  const auto give = [&](const EventPtr& event) {
    const std::size_t size = event->frame(projection_).chunk().size();
    if (!out.empty() && (out.size() >= budget.frames || bytes + size > budget.bytes)) return false;
    bytes += size;
    out.push_back(&event);
    return true;
  };
  const auto visit = [&](const Hub::EventLog::Entry& entry) {
    if (is_over_) return false;
    if (!wants(*entry.value)) return true;
    if (passes_filter(*entry.value) && !give(entry.value)) return false;
    is_over_ = is_of_one_task() && entry.value->ends_task;
    return true;
  };
  const auto [through, latest] = hub.log().read(topics_, cursor_.sequence, means_.max_lag, visit, budget.entries);
  cursor_.sequence = through;
  if (latest) {
    before.push_back(skipped_frame(from, cursor_));
    means_.metrics.skips.add();
  }
  if (out.size() > first) count_delivery(std::span(out).subspan(first), hub.log().head() - from.sequence);
  const bool is_at_head = through == hub.log().head();
  is_level_ = is_at_head;
  if (is_at_head) {
    caught_up_in_ = hub.generation();
    if (std::exchange(is_replaying_, false)) means_.metrics.replayed.observe(replayed_);
  }
  return !is_at_head && !is_over_;
}

void Session::advance(const Hub& hub, const Hub::Subscriber& self) {
  if (caught_up_in_ == hub.generation()) cursor_.sequence = std::max(cursor_.sequence, hub.complete_through(self));
  caught_up_in_ = 0;
}

std::optional<Cursor> Session::complete(const Hub& hub, const Hub::Subscriber& self) const {
  if (phase_ != Phase::run || !is_announced_) return std::nullopt;
  Cursor cursor = cursor_;
  if (caught_up_in_ == hub.generation()) cursor.sequence = std::max(cursor.sequence, hub.complete_through(self));
  return cursor;
}

std::optional<Cursor> Session::known(const Hub& hub, const Hub::Subscriber& self) const {
  auto cursor = complete(hub, self);
  if (!cursor && !cursor_.epoch.empty()) cursor = cursor_;
  return cursor;
}

std::optional<Cursor> Session::heartbeat_id(const Hub& hub, const Hub::Subscriber& self) {
  auto cursor = complete(hub, self);
  if (cursor && !is_over_ && need_at(*cursor, hub) == Need::page) cursor.reset();
  if (cursor) cursor_ = *cursor;
  return cursor;
}

bool Session::passes_filter(const Event& event) const {
  if (!narrowed_) return true;
  const auto& types = narrowed_->types;
  return types.empty() || std::find(types.begin(), types.end(), event.type) != types.end();
}

void Session::begin_state(v1::ResetReason reason, std::optional<std::string> others_after) {
  state_ = std::make_unique<State>(State{.reason = reason, .others_after = std::move(others_after)});
  phase_ = Phase::state;
  is_confirmed_ = false;
  is_replaying_ = false;
  caught_up_in_ = 0;
}

void Session::refuse(v1::ResetReason reason) {
  begin_state(reason, reason == v1::RESET_REASON_EXPIRED ? to_string(cursor_) : std::string());
}

void Session::take_state(const Page& page, std::vector<FramePtr>& out) {
  if (!std::exchange(state_->is_reset_sent, true)) {
    out.push_back(reset_frame(state_->reason, cursor_.epoch.empty() ? std::string() : to_string(cursor_)));
    means_.metrics.resets[static_cast<std::size_t>(state_->reason)].add();
    is_announced_ = true;
  }
  for (const auto& event : page.events) {
    if (!wants(*event)) continue;
    if (passes_filter(*event)) {
      out.push_back(frame_of(event, projection_));
      count_given(1);
    }
    state_->task = event->ends_task ? TaskInState::ended : TaskInState::living;
  }
  state_->place = to_string(page.through);
  state_->until = to_string(*page.until);
  if (page.through != *page.until) return;
  cursor_ = *page.until;
  is_confirmed_ = true;
  phase_ = Phase::run;
  out.push_back(synced_frame(cursor_));
  is_over_ = is_of_one_task() && state_->task != TaskInState::living;
  state_.reset();
}

void Session::take_run(const Page& page, const Hub& hub, std::vector<FramePtr>& out) {
  announce(out);
  is_confirmed_ = true;
  const Cursor from = std::exchange(cursor_, page.through);
  if (page.skipped) {
    out.push_back(skipped_frame(from, cursor_));
    means_.metrics.skips.add();
  }
  if (!page.events.empty()) means_.metrics.lag.observe(static_cast<std::uint64_t>(page.head.sequence - from.sequence));
  for (const auto& event : page.events) {
    if (!wants(*event)) continue;
    if (passes_filter(*event)) {
      out.push_back(frame_of(event, projection_));
      count_given(1);
    }
    if (!is_of_one_task() || !event->ends_task) continue;
    is_over_ = true;
    cursor_.sequence = event->sequence;
    return;
  }
  if (page.events.empty() && page.through == page.head) empty_page_at_ = hub.version();
}

void Session::count_given(std::size_t events) {
  means_.metrics.events.add(events);
  if (is_replaying_) replayed_ += static_cast<std::uint32_t>(events);
}

void Session::count_delivery(std::span<const EventPtr* const> events, Sequence lag) {
  count_given(events.size());
  means_.metrics.lag.observe(static_cast<std::uint64_t>(lag));
  if (is_level_) means_.metrics.latency.observe(means_.metrics.now - (*events.front())->time);
}

void Session::announce(std::vector<FramePtr>& out) {
  if (!std::exchange(is_announced_, true)) out.push_back(id_frame(cursor_));
}

}  // namespace taskwire::edge
