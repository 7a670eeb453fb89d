#pragma once

#include <emscripten/val.h>
#include <functional>
#include <map>
#include <memory>

#include "browser/js.h"
#include "view/outbox.h"

namespace taskwire::browser {

/// Sends requests by `fetch`. Not thread-safe.
class Fetcher {
 public:
  using Done = std::function<void(int number, const view::Answer& answer)>;

  explicit Fetcher(Done done);
  ~Fetcher();

  /// `done` is called once, later; with status 0 where no answer comes in time.
  void send(const view::Outbox::Sending& sending);

 private:
  class Call;

  void finish(int number, const view::Answer& answer);

  Done done_;
  std::map<int, std::unique_ptr<Call>> calls_;
};

/// What a `Response` says but its body.
[[nodiscard]] view::Answer answer_without_body(const val& response);

}  // namespace taskwire::browser
