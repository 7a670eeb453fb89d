#pragma once

#include <string>
#include <string_view>

namespace taskwire::edge {

/// The reference (RFC 3986, 4.2) that leads from `from`, a request target, to `to`, an absolute path of this edge. It
/// holds also where a proxy puts the edge below a prefix, which the edge does not know. A client resolves it against
/// what it asked for (RFC 9110, 10.2.2).
[[nodiscard]] std::string relative_reference(std::string_view from, std::string_view to);

}  // namespace taskwire::edge
