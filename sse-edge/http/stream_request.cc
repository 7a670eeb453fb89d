#include "http/stream_request.h"

#include <algorithm>

#include "http/heart_rate.h"
#include "http/split.h"
#include "http/task_json.h"
#include "resume/cursor.h"
#include "resume/limits.h"
#include "resume/topic.h"

namespace taskwire::edge {
namespace {

constexpr std::size_t kMostTypes = 64;
constexpr std::size_t kLongerThanACursor = 64;  // kept for as long as the stream is open

/// The topics of the route's path; empty where the query names them.
std::vector<std::string> path_topics(const Route& route) {
  switch (route.endpoint) {
    case Endpoint::user_stream:
    case Endpoint::task_stream:
      return {topic_name(TopicKind::tasks, route.names[0])};
    case Endpoint::channel_stream:
      return {topic_name(TopicKind::channels, route.names[0])};
    case Endpoint::person_stream:
      return {topic_name(TopicKind::messages, route.names[0])};
    case Endpoint::heart_rate_text:
    case Endpoint::heart_rate_json:
    case Endpoint::heart_rate_number:
      return {std::string(kHeartRateTopic)};
    default:
      return {};
  }
}

Projection projection_of(Endpoint endpoint) {
  if (endpoint == Endpoint::heart_rate_text) return Projection::heart_rate_text;
  if (endpoint == Endpoint::heart_rate_number) return Projection::heart_rate_number;
  return Projection::whole;
}

Result<std::vector<std::string>> parse_types(const Target& target) {
  const auto value = target.parameter("types");
  if (!value) return tl::unexpected(value.error());
  std::vector<std::string> types;
  if (!*value) return types;
  const auto parts = split(**value, ',');
  if (parts.size() > kMostTypes)
    return refuse(Reason::invalid_types, "types names at most " + std::to_string(kMostTypes) + " event types.");
  for (const auto part : parts) {
    types.emplace_back(trim(part));
    if (!is_event_type_name(types.back()))
      return refuse(Reason::invalid_types, "types is a list of event types with commas: types=taskUpdate,message.");
  }
  return types;
}

Result<StreamStart> parse_start(const HttpRequest& request, const Target& target, bool has_task_topics) {
  using From = StreamStart::From;
  const auto from = target.parameter("from");
  if (!from) return tl::unexpected(from.error());
  if (*from && *from != "now" && *from != "snapshot" && *from != "earliest") {
    return refuse(Reason::invalid_from, "from is now, snapshot or earliest.");
  }
  const auto id = target.parameter("lastEventId");
  if (!id) return tl::unexpected(id.error());
  const auto begin = [](std::string_view text) { return std::string(text.substr(0, kLongerThanACursor)); };
  const auto header = request.header("Last-Event-ID").value_or("");
  if (!header.empty()) return StreamStart{From::cursor, begin(header)};
  if (*id && !(*id)->empty())
    return StreamStart{*from == "snapshot" && has_task_topics ? From::added : From::cursor, begin(**id)};
  if (*from == "earliest") return StreamStart{From::earliest, {}};
  if (*from == "now" || !has_task_topics) return StreamStart{From::now, {}};
  return StreamStart{From::snapshot, {}};
}

}  // namespace

bool StreamRequest::has_task_topics() const {
  return std::any_of(topics.begin(), topics.end(), is_keyed);
}

Result<std::vector<std::string>> parse_topics(const Target& target) {
  auto topics = target.parameters("topic");
  if (topics.empty())
    return refuse(Reason::missing_topic, "Name at least one topic: ?topic=tasks/alice&topic=channels/news.");
  std::sort(topics.begin(), topics.end());
  topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
  if (topics.size() > kMostTopics) {
    return refuse(Reason::too_many_topics, "A request names at most " + std::to_string(kMostTopics) + " topics.");
  }
  for (const auto& topic : topics) {
    if (!parse_topic(topic)) {
      return refuse(Reason::invalid_topic,
                    "A topic is tasks/{user}, messages/{user} or channels/{name}; a name is 1 to 128 characters of "
                    "A-Z a-z 0-9 . _ ~ @ -, and not . or ..");
    }
  }
  return topics;
}

Result<StreamRequest> parse_stream_request(const HttpRequest& request, const Target& target, const Route& route) {
  StreamRequest stream;
  stream.topics = path_topics(route);
  if (stream.topics.empty()) {
    auto topics = parse_topics(target);
    if (!topics) return tl::unexpected(topics.error());
    stream.topics = std::move(*topics);
  }
  if (route.endpoint == Endpoint::task_stream) stream.task_id = route.names[1];
  if (route.endpoint == Endpoint::person_stream) stream.greeted_user = route.names[0];
  stream.projection = projection_of(route.endpoint);
  auto types = parse_types(target);
  if (!types) return tl::unexpected(types.error());
  stream.types = std::move(*types);
  auto start = parse_start(request, target, stream.has_task_topics());
  if (!start) return tl::unexpected(start.error());
  stream.start = std::move(*start);
  stream.is_http_1_0 = request.is_http_1_0;
  return stream;
}

v1::GetTaskRequest task_request(const StreamRequest& stream) {
  v1::GetTaskRequest request;
  request.set_user_id(std::string(parse_topic(stream.topics.front())->name));
  request.set_task_id(stream.task_id);
  return request;
}

bool is_over(const v1::Task& task, const StreamStart& start) {
  if (!has_ended(task.state()) || start.from != StreamStart::From::cursor) return false;
  const auto end = parse_cursor(task.cursor());
  const auto client = parse_cursor(start.cursor);
  return end && client && client->epoch == end->epoch && client->sequence >= end->sequence;
}

}  // namespace taskwire::edge
