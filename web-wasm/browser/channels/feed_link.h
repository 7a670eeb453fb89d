#pragma once

#include <functional>
#include <memory>

#include "browser/event_stream.h"
#include "browser/read_stream.h"
#include "view/switchboard.h"

namespace taskwire::browser {

/// Keeps the stream of one feed open as the feed's connection asks for. Not thread-safe.
class FeedLink {
 public:
  /// What arrives goes to the switchboard, then `settle` is called, which may end this. Both must outlive this.
  FeedLink(int feed, view::Switchboard& switchboard, const std::function<void()>& settle);

  void follow(const view::Feed& feed);

 private:
  int number_ = 0;  // of the stream
  EventStream::Handlers event_handlers_;
  ReadStream::Handlers read_handlers_;
  std::unique_ptr<EventStream> event_stream_;
  std::unique_ptr<ReadStream> read_stream_;
};

}  // namespace taskwire::browser
