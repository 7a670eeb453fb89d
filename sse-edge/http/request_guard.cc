#include "http/request_guard.h"

#include <algorithm>
#include <array>

#include "http/origin.h"

namespace taskwire::edge {
namespace {

/// What another program sent, to be shown to it again: visible ASCII, of bounded length.
std::string shown(std::string_view value) {
  constexpr std::size_t kMostQuoted = 200;
  std::string text(value.substr(0, kMostQuoted));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return value.size() > kMostQuoted ? text + "..." : text;
}

/// Whether a browser asks in advance, for a link that might be followed.
bool is_prefetch(const HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") return false;
  return std::any_of(request.headers.begin(), request.headers.end(), [](const auto& field) {
    return (equals_ignoring_case(field.first, "Sec-Purpose") || equals_ignoring_case(field.first, "Purpose")) &&
           has_token(field.second, "prefetch");
  });
}

}  // namespace

Result<void> RequestGuard::check_host(const HttpRequest& request, const std::string& authority, Hosts hosts) const {
  const auto header = request.header("Host");
  if (!header && !request.is_http_1_0) {
    return refuse(Reason::missing_host, "An HTTP/1.1 request has a Host header.");
  }
  if (!header && authority.empty()) return {};
  const auto is_host_header = [](const auto& field) { return equals_ignoring_case(field.first, "Host"); };
  if (std::count_if(request.headers.begin(), request.headers.end(), is_host_header) > 1) {
    return refuse(Reason::several_hosts, "A request has one Host header.");
  }
  for (const auto text : {header.value_or(""), std::string_view(authority)}) {
    if (!is_authority(text)) return refuse(Reason::malformed_request, "A request's Host is a host, or host:port.");
  }
  if (hosts == Hosts::any) return {};
  const auto host = without_port(authority.empty() ? *header : std::string_view(authority));
  constexpr std::array<std::string_view, 3> kOwnHosts = {"localhost", "127.0.0.1", "[::1]"};
  const auto is_host = [&](std::string_view known) { return equals_ignoring_case(known, host); };
  if (std::any_of(kOwnHosts.begin(), kOwnHosts.end(), is_host)) return {};
  if (std::any_of(settings_.hosts.begin(), settings_.hosts.end(), is_host)) return {};
  return refuse(Reason::unknown_host, "This service does not answer for the host \"" + shown(host) +
                                          "\". Use localhost, or start taskwire-edge with --allowed-host.");
}

Result<void> RequestGuard::check_write(const HttpRequest& request, const std::string& authority) const {
  if (is_prefetch(request))
    return refuse(Reason::prefetch_refused,
                  "This would start something, so it is not done in advance. Ask when it is wanted.");
  return check_origin(request, authority.empty() ? request.header("Host").value_or("") : authority);
}

Result<void> RequestGuard::check_origin(const HttpRequest& request, std::string_view authority) const {
  const auto origin = request.header("Origin");
  const auto site = request.header("Sec-Fetch-Site");
  const auto foreign = [&](const std::string& name, std::string_view value) {
    return refuse(Reason::foreign_origin, "A page of another origin may not do this: " + name + " is \"" +
                                              shown(value) + "\", Host is \"" + shown(authority) +
                                              "\". Start taskwire-edge with --cors-origin to allow the page's origin.");
  };
  if (!origin) {
    if (!site || *site == "same-origin" || *site == "none") return {};
    return foreign("Sec-Fetch-Site", *site);
  }
  if (is_own_origin(*origin, authority) || is_allowed_origin(*origin)) return {};
  // A page of our own that hides where it is: <meta name="referrer" content="no-referrer">.
  if (*origin == "null" && site == "same-origin") return {};
  return foreign("Origin", *origin);
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
    response.headers.emplace_back(
        "Access-Control-Allow-Headers",
        "authorization, cache-control, content-type, idempotency-key, last-event-id, traceparent");
    response.headers.emplace_back("Access-Control-Max-Age", "600");
  }
  return response;
}

bool RequestGuard::is_allowed_origin(std::string_view origin) const {
  return std::find(settings_.origins.begin(), settings_.origins.end(), origin) != settings_.origins.end();
}

}  // namespace taskwire::edge
