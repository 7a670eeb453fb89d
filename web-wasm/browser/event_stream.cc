#include "browser/event_stream.h"

#include <array>

namespace taskwire::browser {
namespace {

constexpr int kClosed = 2;  // EventSource.CLOSED

constexpr std::array kTypes = {"open",        "error", "message", "heartbeat", "taskUpdate",
                               "taskDeleted", "reset", "synced",  "skipped",   "upstream"};

}  // namespace

EventStream::EventStream(const std::string& url, const std::string& type, const Handlers& handlers)
    : handlers_(handlers),
      source_(global("EventSource").new_(relative(url))),
      listener_([this](const val& event) { take(event); }) {
  for (const auto* own : kTypes) call(source_, "addEventListener", own, listener_.function());
  if (!type.empty()) call(source_, "addEventListener", type, listener_.function());
}

EventStream::~EventStream() {
  call(source_, "close");
}

void EventStream::take(const val& event) {
  const auto type = get_text(event, "type");
  // A stream may carry events named like the browser's own, which alone have no data.
  if (get(event, "data").isString()) {
    handlers_.received({type, get_text(event, "lastEventId"), get_text(event, "data")});
  } else if (type == "open") {
    handlers_.opened();
  } else if (type == "error") {
    handlers_.broke(get(source_, "readyState").as<int>() == kClosed);
  }
}

}  // namespace taskwire::browser
