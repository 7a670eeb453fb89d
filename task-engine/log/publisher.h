#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "base/executor.h"
#include "log/event_log.h"
#include "resume/access.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::engine {

/// Where events were appended, one behind the other.
struct Appended {
  Cursor first;
  std::size_t count = 0;
};

/// The writes of EventService; errors are those that the proto names. `done` is called on the writing thread, on one of
/// `answers` where other writes wait, or at once on the caller's. Thread-safe.
class Publisher {
 public:
  /// Both must outlive the publisher.
  Publisher(EventLog& log, Executor& answers) : log_(log), answers_(answers) {}

  void publish(const v1::PublishRequest& request, Done<v1::PublishResponse> done);
  void publish_batch(const v1::PublishBatchRequest& request, Done<v1::PublishBatchResponse> done);
  /// Answers what became of each publication, in their order; `INVALID_BATCH` where the group is none.
  void publish_group(const v1::PublishGroupsRequest& group, Done<std::vector<Result<Appended>>> done);

 private:
  template <class Response, class Append, class Answer>
  void write(Append append, Answer answer, Done<Response> done);
  /// Gives an answer where no other write has to wait for it.
  void give(std::function<void()> answer) { log_.has_waiting() ? answers_.post(std::move(answer)) : answer(); }

  EventLog& log_;
  Executor& answers_;
};

/// The event that `principal` asks to append, or `INVALID_TOPIC`, `TOPIC_READ_ONLY`, `INVALID_EVENT_TYPE`,
/// `PAYLOAD_TOO_LARGE`, `INVALID_DATA` or `INVALID_RETRY`.
[[nodiscard]] Result<NewEvent> check_publish(const v1::PublishRequest& request, Principal principal);

}  // namespace taskwire::engine
