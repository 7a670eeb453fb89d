#include "log/resume_feed.h"

#include <utility>

#include "log/page_budget.h"
#include "log/tail_feed.h"

namespace taskwire::engine {
namespace {

v1::WatchResponse batch_of_state(EventPage&& page) {
  v1::WatchResponse message;
  message.mutable_batch()->mutable_events()->Swap(&page.events);
  return message;
}

}  // namespace

ResumeFeed::ResumeFeed(EventLog& log, Topics topics, v1::WatchRequest request)
    : log_(log), topics_(std::move(topics)), request_(std::move(request)), selection_(log.tail().select(topics_)) {}

Result<std::optional<v1::WatchResponse>> ResumeFeed::next() {
  if (held_) return std::exchange(held_, std::nullopt);
  if (is_started_ && !state_) {
    if (const auto page = log_.tail().read(selection_, cursor_)) {
      cursor_ = page->through;
      if (page->events.empty()) return std::nullopt;
      return to_batch(*page, log_.epoch());
    }
  }
  auto reader = log_.read();
  if (!reader) return tl::make_unexpected(reader.error());
  std::optional<v1::WatchResponse> message;
  if (!is_started_) {
    message = begin(**reader);
  } else if (state_) {
    message = next_of_state(**reader);
  } else {
    message = next_page(**reader);
  }
  if (const auto error = (*reader)->error()) return tl::make_unexpected(*error);
  return message;
}

v1::WatchResponse ResumeFeed::begin(ReadTransaction& reader) {
  is_started_ = true;
  switch (request_.start_case()) {
    case v1::WatchRequest::kCursor: {
      const auto& cursor = request_.cursor();
      const auto place = parse_cursor(cursor);
      if (place && place->epoch == log_.epoch() && log_.tail().covers(place->sequence))
        return begin_after(place->sequence);
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

v1::WatchResponse ResumeFeed::begin_after(Sequence cursor) {
  cursor_ = cursor;
  v1::WatchResponse message;
  message.mutable_start()->set_after(text(cursor));
  return message;
}

v1::WatchResponse ResumeFeed::begin_state(ReadTransaction& reader, v1::ResetReason reason, std::string_view cursor,
                                          std::optional<Sequence> others_after) {
  v1::WatchResponse message;
  *message.mutable_reset() = reset_for(reason, cursor);
  state_ = State{state_end(reader, topics_), others_after};
  cursor_ = 0;
  return message;
}

v1::WatchResponse ResumeFeed::next_of_state(ReadTransaction& reader) {
  auto page = read_state(reader, topics_, cursor_, state_->until, state_->others_after, PageBudget::kMostEvents);
  cursor_ = page.through;
  v1::WatchResponse synced;
  if (cursor_ == state_->until) {
    state_ = std::nullopt;
    synced.mutable_synced()->set_cursor(text(cursor_));
    if (page.events.empty()) return synced;
    held_ = std::move(synced);
  }
  return batch_of_state(std::move(page));
}

std::optional<v1::WatchResponse> ResumeFeed::next_page(ReadTransaction& reader) {
  const auto from = text(cursor_);
  if (const auto reason = refusal(reader, topics_, from)) return begin_state(reader, *reason, from, cursor_);
  auto page = read(reader, topics_, cursor_, std::nullopt, PageBudget::kMostEvents);
  cursor_ = page.through;
  const bool skipped = page.skipped;
  std::optional<v1::WatchResponse> message;
  if (!page.events.empty()) {
    message = batch_of_state(std::move(page));
    message->mutable_batch()->set_through(text(cursor_));
  }
  if (!skipped) return message;
  held_ = std::move(message);
  v1::WatchResponse skip;
  skip.mutable_skipped()->set_from(from);
  skip.mutable_skipped()->set_to(text(cursor_));
  return skip;
}

}  // namespace taskwire::engine
