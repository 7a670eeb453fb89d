#pragma once

#include <string>
#include <utility>
#include <vector>

#include "http/message.h"
#include "http/problem.h"

namespace taskwire::edge {

/// Who may ask: a browser can be made to call loopback services by any page, so Host, Origin and Sec-Fetch-Site are
/// checked. Immutable, so thread-safe.
class RequestGuard {
 public:
  struct Settings {
    std::vector<std::string> hosts;    ///< Allowed beside `localhost`, `127.0.0.1` and `[::1]`; without port.
    std::vector<std::string> origins;  ///< Other origins that may ask and read: `https://app.example.org`.
  };

  explicit RequestGuard(Settings settings) : settings_(std::move(settings)) {}

  /// 400 MISSING_HOST, SEVERAL_HOSTS, 421 UNKNOWN_HOST. `authority`: of an absolute-form target, which counts instead
  /// of the header.
  [[nodiscard]] Result<void> check_host(const HttpRequest& request, const std::string& authority) const;

  /// For what changes something: 403 FOREIGN_ORIGIN, unless the page that asks is our own, allowed, or no page at all.
  [[nodiscard]] Result<void> check_origin(const HttpRequest& request) const;

  /// The headers by which a browser lets other origins read the answer; `Vary: Origin` always.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> cors_headers(const HttpRequest& request) const;

  /// The answer to OPTIONS; a preflight's (Fetch, 4.8) where it is one.
  [[nodiscard]] HttpResponse options_response(const HttpRequest& request, const std::string& allowed_methods) const;

 private:
  [[nodiscard]] bool is_allowed_origin(std::string_view origin) const;

  Settings settings_;
};

}  // namespace taskwire::edge
