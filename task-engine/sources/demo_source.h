#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::engine {

/// Something that the engine itself tells of, again and again. Not thread-safe.
class DemoSource {
 public:
  virtual ~DemoSource() = default;
  /// For the log: `heart rate`.
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// The event to append at `now`; nothing where there is none.
  [[nodiscard]] virtual std::optional<v1::PublishRequest> read(SystemTime now) = 0;
};

}  // namespace taskwire::engine
