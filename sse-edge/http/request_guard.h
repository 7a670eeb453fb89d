#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"
#include "http/problem.h"
#include "http/routes.h"

namespace taskwire::edge {

/// Who may ask: a browser can be made to call loopback services by any page, so Host, Origin and Sec-Fetch-Site are
/// checked. Immutable, so thread-safe.
class RequestGuard {
 public:
  struct Settings {
    /// Allowed beside `localhost`, `127.0.0.1` and `[::1]`; as check_host_setting wants them.
    std::vector<std::string> hosts;
    /// Other origins that may ask and read, as check_origin_setting wants them.
    std::vector<std::string> origins;
  };

  explicit RequestGuard(Settings settings) : settings_(std::move(settings)) {}

  /// Whether the request names a host that is answered for. `authority`: of an absolute-form target, which counts
  /// instead of the header (RFC 9112, 3.2.2). 400 MISSING_HOST, SEVERAL_HOSTS, MALFORMED_REQUEST; 421 UNKNOWN_HOST,
  /// unless the path answers for `Hosts::any`.
  [[nodiscard]] Result<void> check_host(const HttpRequest& request, const std::string& authority, Hosts hosts) const;

  /// For what may change something: 503 PREFETCH_REFUSED where a browser asks by GET in advance; 403 FOREIGN_ORIGIN
  /// unless the page that asks is our own, allowed, or no page at all. `authority` as above.
  [[nodiscard]] Result<void> check_write(const HttpRequest& request, const std::string& authority) const;

  /// The headers by which a browser lets other origins read the answer; `Vary: Origin` always. Of a request that could
  /// not be read whole the headers that came are enough.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> cors_headers(const HttpRequest& request) const;

  /// The answer to OPTIONS; a preflight's (Fetch, 4.8) where it is one.
  [[nodiscard]] HttpResponse options_response(const HttpRequest& request, const std::string& allowed_methods) const;

 private:
  [[nodiscard]] Result<void> check_origin(const HttpRequest& request, std::string_view authority) const;
  [[nodiscard]] bool is_allowed_origin(std::string_view origin) const;

  Settings settings_;
};

}  // namespace taskwire::edge
