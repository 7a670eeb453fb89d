#pragma once

#include <string>
#include <vector>

#include "http/problem.h"
#include "resume/access.h"

namespace taskwire::edge {

// What may() says about topics, as it is told over HTTP. The engine decides again, with authority.

/// Whether `principal` may read all of `topics`. TOPIC_FORBIDDEN. Each is a topic.
[[nodiscard]] Result<void> check_readable(Principal principal, const std::vector<std::string>& topics);

/// Whether `principal` may publish to `topic`, which is one. TOPIC_READ_ONLY.
[[nodiscard]] Result<void> check_writable(Principal principal, const std::string& topic);

}  // namespace taskwire::edge
