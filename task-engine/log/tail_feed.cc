#include "log/tail_feed.h"

namespace taskwire::engine {

TailFeed::TailFeed(EventLog& log, const Topics& topics, const v1::WatchRequest::Tail& tail)
    : log_(log),
      selection_(log.tail().select(topics)),
      events_(static_cast<std::size_t>(tail.events())),
      wanted_(parse_cursor(tail.after())) {}

Feed::Next TailFeed::next() {
  if (!is_started_) {
    is_started_ = true;
    const bool fits = wanted_ && wanted_->epoch == log_.epoch() && log_.tail().covers(wanted_->sequence);
    if (fits) return start_at(wanted_->sequence);
    return start_anew();
  }
  const auto page = log_.tail().read(selection_, cursor_);
  if (!page) return start_anew();
  cursor_ = page->through;
  if (page->events.empty()) return Nothing{};
  return WatchMessage(page->events, to_string(Cursor{log_.epoch(), cursor_}));
}

Feed::Next TailFeed::start_anew() {
  const auto place = log_.tail().back(events_);
  if (!place)
    return Error{Reason::store_failed, "the end of the log could not be read from the store; watch again in a moment"};
  return start_at(*place);
}

WatchMessage TailFeed::start_at(Sequence cursor) {
  cursor_ = cursor;
  v1::WatchResponse message;
  message.mutable_start()->set_after(to_string(Cursor{log_.epoch(), cursor}));
  return message;
}

}  // namespace taskwire::engine
