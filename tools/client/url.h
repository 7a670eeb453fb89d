#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace taskwire::client {

/// Where a request goes, as it needs it.
struct Url {
  std::string host;       ///< A name or an address, IPv6 without brackets.
  std::string port;       ///< Decimal.
  std::string authority;  ///< What the `Host` header says.
  std::string path;       ///< With the query.

  /// The path without the query.
  [[nodiscard]] std::string bare_path() const { return path.substr(0, path.find('?')); }
};

/// Whether `text` begins with a scheme.
[[nodiscard]] bool is_url(std::string_view text);
/// Whether `text` has only what a request line can carry.
[[nodiscard]] bool is_sendable(std::string_view text);
/// Of an `http://` URL; the path begins with `/`. Fails with what was wrong, for people.
[[nodiscard]] tl::expected<Url, std::string> parse_url(std::string_view text);
/// Of an edge: `http://host:port`, with or without the scheme; a path in it comes before all others, and has no `/` at
/// its end.
[[nodiscard]] tl::expected<Url, std::string> parse_edge(const std::string& edge);
/// `text` as a segment of a path or a value in a query, percent-encoded (RFC 3986, section 2).
[[nodiscard]] std::string encoded(std::string_view text);

}  // namespace taskwire::client
