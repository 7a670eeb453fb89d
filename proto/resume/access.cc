#include "resume/access.h"

namespace taskwire {

bool may(Principal principal, Action action, const Topic& topic) {
  if (principal == Principal::engine || action == Action::read) return true;
  switch (topic.kind) {
    case TopicKind::tasks:
      return false;
    case TopicKind::messages:
      return true;
    case TopicKind::channels:
      return topic.name != "host" && topic.name != "heart-rate";
  }
  return false;
}

}  // namespace taskwire
