#pragma once

#include <functional>
#include <string>
#include <vector>

#include "browser/callback.h"
#include "resume/sse_parser.h"
#include "view/message.h"
#include "view/request.h"

namespace taskwire::browser {

/// An event stream that is read by `fetch`. Unlike an EventSource it hands over events of every type, tells how far the
/// stream has got where no event says so, and why it was refused; it never tries again. Closed with this. Not
/// thread-safe.
class ReadStream {
 public:
  struct Handlers {
    /// The first event or id came; the stream's place is known only with an id or a reset. It does not end this.
    std::function<void()> opened;
    /// It ended, and will not go on. `least`: how long the server asks to wait.
    std::function<void(view::Millis least)> broke;
    std::function<void(const view::Answer& answer)> refused;
    /// `id`: how far the stream has got with these events; empty: it has not said yet.
    std::function<void(const std::vector<view::StreamEvent>& events, const std::string& id)> received;
  };

  /// `handlers` must outlive this; each but `opened` may end it. None is called before this returns.
  ReadStream(const std::string& url, const Handlers& handlers);
  ~ReadStream();

 private:
  void take_response(const val& response);
  void take_chunk(const val& chunk);
  void read_on();

  const Handlers& handlers_;
  SseParser parser_;
  std::vector<view::StreamEvent> events_;  // of the chunk that is being taken apart
  std::string placed_;
  bool is_opened_ = false;
  view::Answer refusal_;
  val abort_;
  val reader_;
  Callback on_response_;
  Callback on_chunk_;
  Callback on_refusal_;
  Callback on_failure_;
};

}  // namespace taskwire::browser
