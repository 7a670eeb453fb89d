#include "http/request_guard.h"

#include <algorithm>
#include <array>

namespace taskwire::edge {
namespace {

/// The host of `host:port`, brackets of IPv6 kept.
std::string_view without_port(std::string_view authority) {
  const auto bracket = authority.rfind(']');
  const auto colon = authority.rfind(':');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) return authority;
  return authority.substr(0, colon);
}

}  // namespace

Result<void> RequestGuard::check_host(const HttpRequest& request, const std::string& authority) const {
  const auto header = request.header("Host");
  if (!header && authority.empty()) {
    if (request.is_http_1_0) return {};
    return refuse(Reason::missing_host, "An HTTP/1.1 request has a Host header.");
  }
  const auto is_host_header = [](const auto& field) { return equals_ignoring_case(field.first, "Host"); };
  if (std::count_if(request.headers.begin(), request.headers.end(), is_host_header) > 1) {
    return refuse(Reason::several_hosts, "A request has one Host header.");
  }
  const auto host = without_port(authority.empty() ? *header : authority);
  constexpr std::array<std::string_view, 3> kOwnHosts = {"localhost", "127.0.0.1", "[::1]"};
  const auto is_host = [&](std::string_view known) { return equals_ignoring_case(known, host); };
  if (std::any_of(kOwnHosts.begin(), kOwnHosts.end(), is_host)) return {};
  if (std::any_of(settings_.hosts.begin(), settings_.hosts.end(), is_host)) return {};
  return refuse(Reason::unknown_host,
                "This service does not answer for the host named in the request. Use localhost, or start taskwire-edge "
                "with --allowed-host.");
}

Result<void> RequestGuard::check_origin(const HttpRequest& request) const {
  const auto foreign = [](const char* detail) { return refuse(Reason::foreign_origin, detail); };
  if (const auto origin = request.header("Origin")) {
    const auto host = request.header("Host").value_or("");
    for (const std::string_view scheme : {"http://", "https://"}) {
      if (origin->starts_with(scheme) && !host.empty() && equals_ignoring_case(origin->substr(scheme.size()), host))
        return {};
    }
    if (is_allowed_origin(*origin)) return {};
    return foreign(
        "A page of another origin may not do this. Start taskwire-edge with --cors-origin to allow the origin.");
  }
  const auto site = request.header("Sec-Fetch-Site");
  if (!site || *site == "same-origin" || *site == "none") return {};
  return foreign("A page of another site may not do this. Start taskwire-edge with --cors-origin to allow its origin.");
}

std::vector<std::pair<std::string, std::string>> RequestGuard::cors_headers(const HttpRequest& request) const {
  std::vector<std::pair<std::string, std::string>> headers = {{"Vary", "Origin"}};
  const auto origin = request.header("Origin");
  if (!origin || !is_allowed_origin(*origin)) return headers;
  headers.emplace_back("Access-Control-Allow-Origin", *origin);
  headers.emplace_back("Access-Control-Allow-Credentials", "true");
  headers.emplace_back("Access-Control-Expose-Headers", "location, retry-after");
  return headers;
}

HttpResponse RequestGuard::options_response(const HttpRequest& request, const std::string& allowed_methods) const {
  HttpResponse response;
  response.status = 204;
  response.headers.emplace_back("Allow", allowed_methods);
  const auto origin = request.header("Origin");
  if (origin && is_allowed_origin(*origin) && request.header("Access-Control-Request-Method")) {
    response.headers.emplace_back("Access-Control-Allow-Methods", allowed_methods);
    response.headers.emplace_back("Access-Control-Allow-Headers", "content-type, idempotency-key, last-event-id");
    response.headers.emplace_back("Access-Control-Max-Age", "600");
  }
  return response;
}

bool RequestGuard::is_allowed_origin(std::string_view origin) const {
  return std::find(settings_.origins.begin(), settings_.origins.end(), origin) != settings_.origins.end();
}

}  // namespace taskwire::edge
