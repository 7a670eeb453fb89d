#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "log/event_log.h"
#include "resume/access.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::engine {

/// Where events were appended, one behind the other.
struct Appended {
  Cursor first;
  std::size_t count = 0;
};

/// The answer to PublishBatch.
struct PublishBatchAnswer {
  Appended appended;

  /// A v1::PublishBatchResponse on the wire.
  [[nodiscard]] std::string bytes() const;
};

/// One event, or several of which all or none are appended.
using AnyPublishRequest = std::variant<const v1::PublishRequest*, const v1::PublishBatchRequest*>;

/// The writes of EventService; errors are those that the proto names. `done` is called as the log does it for a
/// publisher, or at once on the caller's thread. Thread-safe.
class Publisher {
 public:
  /// The log must outlive the publisher.
  explicit Publisher(EventLog& log) : log_(log) {}

  void publish(const v1::PublishRequest& request, Done<v1::PublishResponse> done);
  void publish_batch(const v1::PublishBatchRequest& request, Done<PublishBatchAnswer> done);
  /// Appends what several callers publish, in order, in one write; answers what became of each. `INVALID_BATCH` where
  /// it is not 1 to 1000 events in all with at most 2 MiB of data.
  void publish_group(std::span<const AnyPublishRequest> group, Done<std::vector<Result<Appended>>> done);

 private:
  template <class Request>
  void write(const Request& request, Done<Appended> done);

  EventLog& log_;
};

/// The event that `principal` asks to append, or `INVALID_TOPIC`, `TOPIC_READ_ONLY`, `INVALID_EVENT_TYPE`,
/// `PAYLOAD_TOO_LARGE`, `INVALID_DATA` or `INVALID_RETRY`.
[[nodiscard]] Result<EventDraft> check_publish(const v1::PublishRequest& request, Principal principal);

}  // namespace taskwire::engine
