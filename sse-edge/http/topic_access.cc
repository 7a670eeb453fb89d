#include "http/topic_access.h"

#include "resume/topic.h"

namespace taskwire::edge {
namespace {

bool may_do(Principal principal, Action action, const std::string& topic) {
  const auto parsed = parse_topic(topic);
  return parsed && may(principal, action, *parsed);
}

}  // namespace

Result<void> check_readable(Principal principal, const std::vector<std::string>& topics) {
  for (const auto& topic : topics) {
    if (!may_do(principal, Action::read, topic)) return refuse(Reason::topic_forbidden, topic + " may not be read.");
  }
  return {};
}

Result<void> check_writable(Principal principal, const std::string& topic) {
  if (may_do(principal, Action::write, topic)) return {};
  return refuse(Reason::topic_read_only, "The engine alone writes to " + topic + ". Choose another channel.");
}

}  // namespace taskwire::edge
