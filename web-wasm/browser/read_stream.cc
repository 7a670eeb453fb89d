#include "browser/read_stream.h"

#include <utility>

#include "browser/fetcher.h"

namespace taskwire::browser {

ReadStream::ReadStream(const std::string& url, const Handlers& handlers)
    : handlers_(handlers),
      parser_([this](SseEvent event) {
        events_.push_back({std::move(event.type), std::move(event.last_event_id), std::move(event.data)});
      }),
      abort_(global("AbortController").new_()),
      reader_(val::undefined()),
      on_response_([this](const val& response) { take_response(response); }),
      on_chunk_([this](const val& chunk) { take_chunk(chunk); }),
      on_refusal_([this](const val& body) {
        refusal_.body = body.as<std::string>();
        handlers_.refused(refusal_);
      }),
      on_failure_([this](const val&) { handlers_.broke(parser_.retry().value_or(view::Millis(0))); }) {
  const val headers = val::object();
  set(headers, "Accept", "text/event-stream");
  const val options = val::object();
  set(options, "headers", headers);
  set(options, "cache", "no-store");
  set(options, "signal", get(abort_, "signal"));
  call(global("fetch")(text(relative(url)), options), "then", on_response_.function(), on_failure_.function());
}

ReadStream::~ReadStream() {
  call(abort_, "abort");
}

void ReadStream::take_response(const val& response) {
  refusal_ = answer_without_body(response);
  if (refusal_.status != 200) {
    call(call(response, "text"), "then", on_refusal_.function(), on_failure_.function());
    return;
  }
  reader_ = call(get(response, "body"), "getReader");
  read_on();
}

void ReadStream::take_chunk(const val& chunk) {
  if (get(chunk, "done").isTrue()) {
    handlers_.broke(parser_.retry().value_or(view::Millis(0)));
    return;
  }
  parser_.feed(get(chunk, "value").as<std::string>());
  read_on();
  const auto events = std::exchange(events_, {});
  const auto id = parser_.last_event_id();
  if (events.empty() && id == placed_) return;
  placed_ = id;
  if (!std::exchange(is_opened_, true)) handlers_.opened();
  handlers_.received(events, id);
}

void ReadStream::read_on() {
  call(call(reader_, "read"), "then", on_chunk_.function(), on_failure_.function());
}

}  // namespace taskwire::browser
