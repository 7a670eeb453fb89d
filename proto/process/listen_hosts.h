#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace taskwire {

/// The addresses to listen on of a service that is told `host`: all that the name has, of both families, in digits,
/// each once, in the system's order. `localhost` is 127.0.0.1 and ::1, whatever the system's files say (RFC 6761, 6.3);
/// whether the machine has each is another matter. The error says, in the system's words, why there is none. Waits for
/// the resolver. Thread-safe.
[[nodiscard]] tl::expected<std::vector<std::string>, std::string> listen_hosts(const std::string& host);

}  // namespace taskwire
