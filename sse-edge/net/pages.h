#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/event.h"
#include "metrics/counter.h"
#include "net/engine_client.h"

namespace taskwire::edge {

/// Pages of the engine's log for the streams that the hub does not cover. Equal requests share one call, and their
/// frames are made once; at most 4 calls are outstanding, the rest waits in turn, and what nobody waits for any more is
/// not asked. Thread-safe.
class Pages {
 public:
  /// The page, or why there is none: as EngineClient::read_events; ENGINE_ERROR where it is none that an engine sends.
  using Done = std::function<void(const Result<PagePtr>&)>;

  explicit Pages(EngineClient& client) : client_(client) {}

  /// Calls `done` on `executor`, once, unless `caller` has gone before the engine was asked.
  void request(const v1::ReadEventsRequest& request, boost::asio::any_io_executor executor, std::weak_ptr<void> caller,
               Done done);

  /// How many frames of events were made.
  [[nodiscard]] std::uint64_t frames_made() const { return frames_made_.value(); }

 private:
  struct Waiter {
    boost::asio::any_io_executor executor;
    std::weak_ptr<void> caller;
    Done done;
  };
  struct Asked {
    v1::ReadEventsRequest request;
    std::vector<Waiter> waiters;
  };

  /// Begins the calls that may begin now. A call may end within its beginning, so this is a loop and nothing that calls
  /// itself.
  void begin_calls();
  void finish(const std::string& key, const Result<PagePtr>& page);

  EngineClient& client_;
  SharedCounter frames_made_;
  std::mutex mutex_;
  std::unordered_map<std::string, Asked> asked_;  // by the request's bytes
  std::deque<std::string> queue_;                 // keys whose call has not begun
  int outstanding_ = 0;
  bool is_beginning_ = false;  // some thread is in the loop of begin_calls
};

}  // namespace taskwire::edge
