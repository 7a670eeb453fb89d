#pragma once

#include <memory>
#include <optional>

#include "base/error.h"
#include "log/hot_tail.h"
#include "resume/cursor.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::engine {

/// The messages of one Watch, drawn one by one. Not thread-safe.
class Feed {
 public:
  virtual ~Feed() = default;
  /// The next message, or nothing while there is none. An error ends the Watch.
  [[nodiscard]] virtual Result<std::optional<v1::WatchResponse>> next() = 0;
  /// After `next` answered nothing: up to where the Watch is complete.
  [[nodiscard]] virtual Sequence place() const = 0;
  /// After `next` answered nothing: wakes `waiter` once when there is more. False, and no wake, if there may be
  /// already.
  [[nodiscard]] virtual bool park(std::weak_ptr<Waiter> waiter) = 0;
};

}  // namespace taskwire::engine
