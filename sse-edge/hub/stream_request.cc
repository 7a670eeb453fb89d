#include "hub/stream_request.h"

#include <algorithm>

#include "hub/hub.h"
#include "hub/task_json.h"
#include "resume/topic.h"

namespace taskwire::edge {
namespace {

tl::unexpected<Problem> invalid(const char* reason, std::string detail) {
  return tl::unexpected(Problem{400, reason, std::move(detail)});
}

Result<std::vector<std::string>> parse_topics(const Target& target, const Route& route) {
  switch (route.endpoint) {
    case Endpoint::user_stream:
    case Endpoint::task_stream:
      return std::vector{topic_name(TopicKind::tasks, route.names[0])};
    case Endpoint::channel_stream:
      return std::vector{topic_name(TopicKind::channels, route.names[0])};
    default:
      break;
  }
  auto topics = target.parameters("topic");
  if (topics.empty())
    return invalid("MISSING_TOPIC", "Name at least one topic: ?topic=tasks/alice&topic=channels/news.");
  std::sort(topics.begin(), topics.end());
  topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
  if (topics.size() > Hub::EventLog::kMaxTopics) {
    return invalid("TOO_MANY_TOPICS",
                   "A stream carries at most " + std::to_string(Hub::EventLog::kMaxTopics) + " topics.");
  }
  for (const auto& topic : topics) {
    if (!parse_topic(topic)) {
      return invalid("INVALID_TOPIC",
                     "A topic is tasks/{user}, messages/{user} or channels/{name}; a name is 1 to 128 characters of "
                     "A-Z a-z 0-9 . _ ~ @ -, and not . or ..");
    }
  }
  return topics;
}

Result<StreamStart> parse_start(const HttpRequest& request, const Target& target, bool has_task_topics) {
  using From = StreamStart::From;
  const auto from = target.parameter("from").value_or("");
  if (!from.empty() && from != "now" && from != "snapshot" && from != "earliest") {
    return invalid("INVALID_FROM", "from is now, snapshot or earliest.");
  }
  const auto header = request.header("Last-Event-ID").value_or("");
  if (!header.empty()) return StreamStart{From::cursor, std::string(header)};
  const auto parameter = target.parameter("lastEventId").value_or("");
  if (!parameter.empty()) {
    return StreamStart{from == "snapshot" && has_task_topics ? From::added : From::cursor, std::string(parameter)};
  }
  if (from == "earliest") return StreamStart{From::earliest, {}};
  if (from == "now" || !has_task_topics) return StreamStart{From::now, {}};
  return StreamStart{From::snapshot, {}};
}

}  // namespace

bool StreamRequest::has_task_topics() const {
  return std::any_of(topics.begin(), topics.end(), is_keyed);
}

Result<StreamRequest> parse_stream_request(const HttpRequest& request, const Target& target, const Route& route) {
  StreamRequest stream;
  auto topics = parse_topics(target, route);
  if (!topics) return tl::unexpected(topics.error());
  stream.topics = std::move(*topics);
  if (route.endpoint == Endpoint::task_stream) stream.task_id = route.names[1];
  auto start = parse_start(request, target, stream.has_task_topics());
  if (!start) return tl::unexpected(start.error());
  stream.start = std::move(*start);
  stream.is_http_1_0 = request.is_http_1_0;
  return stream;
}

bool is_over(const v1::Task& task, const StreamStart& start) {
  if (!has_ended(task.state()) || start.from != StreamStart::From::cursor) return false;
  const auto end = parse_cursor(task.cursor());
  const auto client = parse_cursor(start.cursor);
  return end && client && client->epoch == end->epoch && client->sequence >= end->sequence;
}

}  // namespace taskwire::edge
