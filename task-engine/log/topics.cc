#include "log/topics.h"

#include <algorithm>

#include "resume/access.h"
#include "resume/log.h"
#include "resume/topic.h"

namespace taskwire::engine {

Result<Topics> parse_topics(const google::protobuf::RepeatedPtrField<std::string>& names) {
  if (names.size() > static_cast<int>(kMostTopics)) {
    return refuse(Reason::invalid_topic, "at most " + std::to_string(kMostTopics) +
                                             " topics can be read at once; name fewer, each once, or none for all");
  }
  Topics topics(names.begin(), names.end());
  std::sort(topics.begin(), topics.end());
  topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
  for (const auto& name : topics) {
    const auto topic = parse_topic(name);
    if (!topic) {
      return refuse(
          Reason::invalid_topic,
          "'" + name +
              "' is no topic; write tasks/{user}, messages/{user} or channels/{name}, names being 1 to 128 of "
              "A-Z a-z 0-9 . _ ~ @ -");
    }
    if (!may(Principal::anyone, Action::read, *topic))
      return refuse(Reason::topic_forbidden, "'" + name + "' may not be read; leave it out");
  }
  return topics;
}

bool has_keyed(const Topics& topics) {
  return topics.empty() || std::any_of(topics.begin(), topics.end(), [](const auto& topic) { return is_keyed(topic); });
}

}  // namespace taskwire::engine
