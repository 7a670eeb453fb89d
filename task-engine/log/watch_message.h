#pragma once

#include <string>

#include "store/logged_event.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::engine {

/// A message of a Watch on the wire.
struct WatchMessage {
  WatchMessage(const v1::WatchResponse& message) : bytes(message.SerializeAsString()) {}
  /// A batch, whose events are not written down again. `through`: a cursor, or empty.
  WatchMessage(const Events& events, const std::string& through);

  std::string bytes;  ///< A v1::WatchResponse.
};

}  // namespace taskwire::engine
