#pragma once

#include <emscripten/val.h>
#include <functional>
#include <string>

#include "browser/callback.h"
#include "view/message.h"

namespace taskwire::browser {

/// An EventSource; closed with this. Not thread-safe.
class EventStream {
 public:
  struct Handlers {
    std::function<void()> opened;
    /// `for_good`: the browser will not try again.
    std::function<void(bool for_good)> broke;
    std::function<void(const view::StreamEvent&)> received;
  };

  /// `type`: another type of event to listen for; empty: none but taskwire's own. `handlers` must outlive this; one of
  /// them may end it. None is called before this returns.
  EventStream(const std::string& url, const std::string& type, const Handlers& handlers);
  ~EventStream();

 private:
  void take(const val& event);

  const Handlers& handlers_;
  val source_;
  Callback listener_;
};

}  // namespace taskwire::browser
