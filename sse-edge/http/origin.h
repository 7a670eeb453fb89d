#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace taskwire::edge {

// Origins as browsers write them (WHATWG HTML, 7.1.1; Fetch, 3.2): `https://app.example.org:8443`, scheme and host in
// lower case, without the port that the scheme has anyway.

/// Whether `origin` is that of a page served at `authority` (a request's `host` or `host:port`), over http or https. A
/// port that the scheme has anyway may stand on either side.
[[nodiscard]] bool is_own_origin(std::string_view origin, std::string_view authority);

/// The host of `host:port`, brackets of IPv6 kept.
[[nodiscard]] std::string_view without_port(std::string_view authority);

/// Whether `text` may be the host of a request: `host` or `host:port` (RFC 9110, 7.2), or empty.
[[nodiscard]] bool is_authority(std::string_view text);

/// Whether `text`, a setting, can be an origin that a browser sends. The error says why it never is one, and what to
/// write.
[[nodiscard]] tl::expected<void, std::string> check_origin_setting(const std::string& text);

/// Whether `text`, a setting, can be the host of a request, without its port. The error as above.
[[nodiscard]] tl::expected<void, std::string> check_host_setting(const std::string& text);

}  // namespace taskwire::edge
