#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "client/url.h"

namespace taskwire::tail {

/// The event stream to follow, as a request needs it.
struct Target : client::Url {
  std::string task_id;  ///< The one task that the stream is of; empty: another stream.
};

/// What goes into the query; empty: left to the server, or to the target itself.
struct TargetQuery {
  std::string from;
  std::string types;
};

/// The stream that `words` name: one `http://` URL, one path below `edge`, one task (`tasks/{user}/{task}`), or any
/// number of topics. `edge`: `http://host:port`, with or without the scheme; a path in it comes before all others.
/// Fails with what was wrong, for people.
[[nodiscard]] tl::expected<Target, std::string> parse_target(const std::vector<std::string>& words,
                                                             const std::string& edge, const TargetQuery& query = {});

}  // namespace taskwire::tail
