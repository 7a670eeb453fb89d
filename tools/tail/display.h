#pragma once

#include "resume/sse_parser.h"
#include "tail/link.h"
#include "view/message.h"

namespace taskwire::tail {

/// Shows a stream to whoever reads the program's output. Not thread-safe.
class Display {
 public:
  Display() = default;
  Display(const Display&) = delete;
  Display& operator=(const Display&) = delete;
  virtual ~Display() = default;

  /// Takes an event, `message` being what it says; none that only tells of the stream's server. False where nobody
  /// takes it any more.
  [[nodiscard]] virtual bool show(const SseEvent& event, const view::Message& message) = 0;
  virtual void show_link(const Link& link) = 0;
  /// How the server stands with the engine.
  virtual void show_engine(const view::Upstream& upstream) = 0;
  /// Time has passed: call it some times a second.
  virtual void refresh() {}
  /// Something else may have written to the terminal.
  virtual void forget() {}
  /// Nothing will follow.
  virtual void finish() {}
};

}  // namespace taskwire::tail
