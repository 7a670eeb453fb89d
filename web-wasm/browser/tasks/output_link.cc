#include "browser/tasks/output_link.h"

#include "browser/live_page.h"

namespace taskwire::browser {

OutputLink::OutputLink(int feed, view::Dashboard& dashboard, const std::function<void()>& settle)
    : handlers_{[feed, &dashboard] { dashboard.output_opened(feed, now()); },
                [feed, &dashboard, &settle](view::Millis least) {
                  dashboard.output_broke(feed, now(), least);
                  settle();
                },
                [feed, &dashboard, &settle](const view::Answer& answer) {
                  dashboard.output_refused(feed, answer, now());
                  settle();
                },
                [feed, &dashboard, &settle](const auto& events, const std::string& id) {
                  dashboard.output_received(feed, events, id, now());
                  settle();
                }} {}

void OutputLink::follow(const view::OutputFeed& feed) {
  const int number = feed.connection.stream();
  if (number == number_) return;
  number_ = number;
  stream_.reset();
  if (number != 0) stream_ = std::make_unique<ReadStream>(feed.url(), handlers_);
}

}  // namespace taskwire::browser
