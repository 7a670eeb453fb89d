#pragma once

#include <string>
#include <vector>

#include "http/message.h"
#include "http/problem.h"
#include "http/projection.h"
#include "http/routes.h"
#include "http/target.h"
#include "taskwire/v1/task.pb.h"
#include "taskwire/v1/task_service.pb.h"

namespace taskwire::edge {

/// Where a stream starts.
struct StreamStart {
  enum class From {
    cursor,    ///< After the client's id; from the state where that is refused.
    now,       ///< After the head.
    snapshot,  ///< From the state of the task topics.
    earliest,  ///< From the state, and all that is kept of the other topics.
    added,     ///< From the state of the task topics; of the others after the client's id, which is judged for those
               ///< alone.
  };
  From from = From::now;
  std::string cursor;  ///< For `cursor` and `added`, as the client sent it; of one that is too long only the begin.
};

/// What an event stream is asked to carry.
struct StreamRequest {
  std::vector<std::string> topics;  ///< At least one, each once.
  std::string task_id;              ///< Only this task's events; empty: all.
  std::vector<std::string>
      types;  ///< Only events of these types are sent, one without type being `message`; empty: all.
  Projection projection = Projection::whole;
  std::string greeted_user;  ///< A stream of messages to this person: greeted by name, with a heartbeat of its own.
  StreamStart start;
  bool is_http_1_0 = false;

  [[nodiscard]] bool has_task_topics() const;
};

/// The topics of a request: `topic`, as often as there are topics. Each once, in order of the alphabet. MISSING_TOPIC,
/// TOO_MANY_TOPICS (more than kMostTopics), INVALID_TOPIC.
[[nodiscard]] Result<std::vector<std::string>> parse_topics(const Target& target);

/// Reads the request of a route that is a stream. As parse_topics; INVALID_FROM, INVALID_TYPES, REPEATED_PARAMETER. A
/// malformed id is no error: the stream tells it by a reset.
[[nodiscard]] Result<StreamRequest> parse_stream_request(const HttpRequest& request, const Target& target,
                                                         const Route& route);

/// What to ask the engine about the task of a stream of one task.
[[nodiscard]] v1::GetTaskRequest task_request(const StreamRequest& stream);

/// Whether a stream of one task is over for a client that starts there: the task has ended, and the client has its end.
[[nodiscard]] bool is_over(const v1::Task& task, const StreamStart& start);

}  // namespace taskwire::edge
