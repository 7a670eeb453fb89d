#pragma once

#include <google/protobuf/repeated_ptr_field.h>
#include <string>
#include <vector>

#include "base/error.h"

namespace taskwire::engine {

/// Topics to read, each once; none: every topic.
using Topics = std::vector<std::string>;

/// The topics that a request names, repeated ones counted: at most 64 that anyone may read, else `INVALID_TOPIC` or
/// `TOPIC_FORBIDDEN`.
[[nodiscard]] Result<Topics> parse_topics(const google::protobuf::RepeatedPtrField<std::string>& names);

/// Whether some of them have keys.
[[nodiscard]] bool has_keyed(const Topics& topics);

}  // namespace taskwire::engine
