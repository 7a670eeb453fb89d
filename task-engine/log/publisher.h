#pragma once

#include <cstddef>
#include <string>
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

/// The writes of EventService; errors are those that the proto names. `done` is called as the log does it for a
/// publisher, or at once on the caller's thread. Thread-safe.
class Publisher {
 public:
  /// The log must outlive the publisher.
  explicit Publisher(EventLog& log) : log_(log) {}

  void publish(const v1::PublishRequest& request, Done<v1::PublishResponse> done);
  void publish_batch(const v1::PublishBatchRequest& request, Done<PublishBatchAnswer> done);
  /// Answers what became of each publication, in their order; `INVALID_BATCH` where the group is none.
  void publish_group(const v1::PublishGroupsRequest& group, Done<std::vector<Result<Appended>>> done);

 private:
  template <class Request>
  void write(const Request& request, Done<Appended> done);

  EventLog& log_;
};

/// The event that `principal` asks to append, or `INVALID_TOPIC`, `TOPIC_READ_ONLY`, `INVALID_EVENT_TYPE`,
/// `PAYLOAD_TOO_LARGE`, `INVALID_DATA` or `INVALID_RETRY`.
[[nodiscard]] Result<EventDraft> check_publish(const v1::PublishRequest& request, Principal principal);

}  // namespace taskwire::engine
