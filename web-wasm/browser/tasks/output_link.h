#pragma once

#include <functional>
#include <memory>

#include "browser/read_stream.h"
#include "view/dashboard.h"

namespace taskwire::browser {

/// Keeps the stream of one task's output open as its feed asks for. Not thread-safe.
class OutputLink {
 public:
  /// What arrives goes to the dashboard, then `settle` is called, which may end this. Both must outlive this.
  OutputLink(int feed, view::Dashboard& dashboard, const std::function<void()>& settle);

  void follow(const view::OutputFeed& feed);

 private:
  int number_ = 0;  // of the stream
  ReadStream::Handlers handlers_;
  std::unique_ptr<ReadStream> stream_;
};

}  // namespace taskwire::browser
