#include "log/resume_feed.h"

#include <utility>

#include "log/page_budget.h"
#include "log/tail_feed.h"

namespace taskwire::engine {
ResumeFeed::ResumeFeed(EventLog& log, Topics topics, v1::WatchRequest request)
    : log_(log), topics_(std::move(topics)), request_(std::move(request)), selection_(log.tail().select(topics_)) {}

Feed::Next ResumeFeed::next() {
  if (held_) return *std::exchange(held_, std::nullopt);
  if (!is_started_) {
    const auto place = start_in_tail();
    if (!place) return InStore{};
    is_started_ = true;
    return begin_after(*place);
  }
  if (state_) return InStore{};
  const auto page = log_.tail().read(selection_, cursor_);
  if (!page) return InStore{};
  cursor_ = page->through;
  if (page->events.empty()) return Nothing{};
  return WatchMessage(page->events, text(cursor_));
}

std::optional<WatchMessage> ResumeFeed::next_of_store(ReadTransaction& reader) {
  if (!is_started_) return begin(reader);
  if (state_) return next_of_state(reader);
  return next_page(reader);
}

/// Where the Watch starts, if the tail alone can say so.
std::optional<Sequence> ResumeFeed::start_in_tail() const {
  auto place = log_.tail().head();
  if (request_.has_cursor()) {
    const auto cursor = parse_cursor(request_.cursor());
    if (!cursor || cursor->epoch != log_.epoch()) return std::nullopt;
    place = cursor->sequence;
  } else if (request_.has_earliest() || (request_.has_snapshot() && has_keyed(topics_))) {
    return std::nullopt;
  }
  return log_.tail().covers(place) ? std::optional(place) : std::nullopt;
}

WatchMessage ResumeFeed::begin(ReadTransaction& reader) {
  is_started_ = true;
  switch (request_.start_case()) {
    case v1::WatchRequest::kCursor: {
      const auto& cursor = request_.cursor();
      const auto place = parse_cursor(cursor);
      const auto reason = refusal(reader, topics_, cursor);
      if (!reason) return begin_after(place->sequence);
      return begin_state(reader, *reason, cursor, *reason == v1::RESET_REASON_EXPIRED ? place->sequence : 0);
    }
    case v1::WatchRequest::kEarliest:
      return begin_state(reader, v1::RESET_REASON_START, "", 0);
    case v1::WatchRequest::kSnapshot:
      if (has_keyed(topics_)) return begin_state(reader, v1::RESET_REASON_START, "", std::nullopt);
      [[fallthrough]];
    default:
      return begin_after(reader.head().sequence);
  }
}

WatchMessage ResumeFeed::begin_after(Sequence cursor) {
  cursor_ = cursor;
  v1::WatchResponse message;
  message.mutable_start()->set_after(text(cursor));
  return message;
}

WatchMessage ResumeFeed::begin_state(ReadTransaction& reader, v1::ResetReason reason, std::string_view cursor,
                                     std::optional<Sequence> others_after) {
  v1::WatchResponse message;
  *message.mutable_reset() = reset_for(reason, cursor);
  state_ = State{state_end(reader, topics_), others_after};
  cursor_ = 0;
  return message;
}

WatchMessage ResumeFeed::next_of_state(ReadTransaction& reader) {
  const auto page = read_state(reader, topics_, cursor_, state_->until, state_->others_after, PageBudget::kMostEvents);
  cursor_ = page.through;
  v1::WatchResponse synced;
  if (cursor_ == state_->until) {
    state_ = std::nullopt;
    synced.mutable_synced()->set_cursor(text(cursor_));
    if (page.events.empty()) return synced;
    held_ = synced;
  }
  return {page.events, ""};
}

std::optional<WatchMessage> ResumeFeed::next_page(ReadTransaction& reader) {
  const auto from = text(cursor_);
  if (const auto reason = refusal(reader, topics_, from)) return begin_state(reader, *reason, from, cursor_);
  const auto page = read(reader, topics_, cursor_, std::nullopt, PageBudget::kMostEvents);
  cursor_ = page.through;
  std::optional<WatchMessage> message;
  if (!page.events.empty()) message.emplace(page.events, text(cursor_));
  if (!page.skipped) return message;
  held_ = std::move(message);
  v1::WatchResponse skip;
  skip.mutable_skipped()->set_from(from);
  skip.mutable_skipped()->set_to(text(cursor_));
  return skip;
}

}  // namespace taskwire::engine
