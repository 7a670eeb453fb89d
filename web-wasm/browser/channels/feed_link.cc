#include "browser/channels/feed_link.h"

#include "browser/live_page.h"

namespace taskwire::browser {

FeedLink::FeedLink(int feed, view::Switchboard& switchboard, const std::function<void()>& settle)
    : event_handlers_{[feed, &switchboard, &settle] {
                        switchboard.stream_opened(feed, now());
                        settle();
                      },
                      [feed, &switchboard, &settle](bool for_good) {
                        switchboard.stream_broke(feed, for_good, now());
                        settle();
                      },
                      [feed, &switchboard, &settle](const view::StreamEvent& event) {
                        switchboard.received(feed, event, now());
                        settle();
                      }},
      read_handlers_{event_handlers_.opened,
                     [feed, &switchboard, &settle](view::Millis least) {
                       switchboard.stream_broke(feed, true, now(), least);
                       settle();
                     },
                     [feed, &switchboard, &settle](const view::Answer& answer) {
                       switchboard.stream_refused(feed, answer, now());
                       settle();
                     },
                     [feed, &switchboard, &settle](const auto& events, const std::string& id) {
                       for (const auto& event : events) switchboard.received(feed, event, now());
                       switchboard.stream_placed(feed, id, now());
                       settle();
                     }} {}

void FeedLink::follow(const view::Feed& feed) {
  const int number = feed.connection().stream();
  if (number == number_) return;
  number_ = number;
  event_stream_.reset();
  read_stream_.reset();
  if (number == 0) return;
  if (feed.source().type.empty()) {
    read_stream_ = std::make_unique<ReadStream>(feed.url(), read_handlers_);
  } else {
    event_stream_ = std::make_unique<EventStream>(feed.url(), feed.source().type, event_handlers_);
  }
}

}  // namespace taskwire::browser
