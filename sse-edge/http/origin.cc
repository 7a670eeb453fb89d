#include "http/origin.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <optional>

#include "http/message.h"
#include "resume/ascii.h"

namespace taskwire::edge {
namespace {

constexpr std::string_view kSchemeEnd = "://";

struct Scheme {
  std::string_view name;
  std::string_view port;
};
constexpr std::array kWebSchemes = {Scheme{"http", "80"}, Scheme{"https", "443"}};

bool has_upper(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_upper);
}

std::string in_lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), to_lower);
  return text;
}

/// The port of `host:port`; nothing where there is no colon.
std::optional<std::string_view> port_of(std::string_view authority) {
  const auto host = without_port(authority);
  if (host.size() == authority.size()) return std::nullopt;
  return authority.substr(host.size() + 1);
}

std::string_view without_default_port(std::string_view authority, std::string_view default_port) {
  const auto port = port_of(authority);
  return port && (port->empty() || *port == default_port) ? without_port(authority) : authority;
}

bool is_scheme(std::string_view text) {
  return !text.empty() && is_lower(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_lower(c) || is_digit(c) || c == '+' || c == '.' || c == '-';
  });
}

bool is_host(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) {
    in6_addr address{};
    return inet_pton(AF_INET6, std::string(text.substr(1, text.size() - 2)).c_str(), &address) == 1;
  }
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
  });
}

bool has_dot(std::string_view text) {
  return text.find('.') != std::string_view::npos;
}

/// Whether an address stands as the URL standard serialises it (WHATWG URL, 3.5), which, unlike
/// inet_ntop, never writes an IPv6 address with dots; names always do.
bool is_canonical(std::string_view host) {
  const bool is_v6 = host.starts_with('[');
  const auto last = host.substr(host.find_last_of('.') + 1);
  if (!is_v6 && (last.empty() || !std::all_of(last.begin(), last.end(), is_digit))) return true;
  const std::string text(is_v6 ? host.substr(1, host.size() - 2) : host);
  const int family = is_v6 ? AF_INET6 : AF_INET;
  in6_addr address{};
  std::array<char, INET6_ADDRSTRLEN> shortest{};
  if (inet_pton(family, text.c_str(), &address) != 1) return false;
  if (inet_ntop(family, &address, shortest.data(), shortest.size()) == nullptr) return false;
  if (is_v6 && has_dot(shortest.data())) return !has_dot(text);
  return text == shortest.data();
}

bool is_port(std::string_view text) {
  constexpr std::size_t kMostDigits = 5;
  if (text.empty() || text.size() > kMostDigits || text.front() == '0') return false;
  return std::all_of(text.begin(), text.end(), is_digit) && std::stoi(std::string(text)) <= 65'535;
}

tl::unexpected<std::string> wrong(const std::string& text, const std::string& what) {
  return tl::make_unexpected("'" + text + "' can never match: " + what);
}

std::string host_fault(std::string_view host) {
  if (host.find('*') != std::string_view::npos) return "there are no wildcards; name each host";
  if (host.find(':') != std::string_view::npos && !host.starts_with('['))
    return "an IPv6 address stands in brackets, like [::1]";
  return "the host is a name, as browsers send it (xn--… beyond ASCII), or an address, like app.example.org";
}

}  // namespace

bool is_own_origin(std::string_view origin, std::string_view authority) {
  if (authority.empty()) return false;
  return std::any_of(kWebSchemes.begin(), kWebSchemes.end(), [&](const Scheme& scheme) {
    if (!origin.starts_with(scheme.name) || !origin.substr(scheme.name.size()).starts_with(kSchemeEnd)) return false;
    const auto asked = origin.substr(scheme.name.size() + kSchemeEnd.size());
    return equals_ignoring_case(without_default_port(asked, scheme.port), without_default_port(authority, scheme.port));
  });
}

std::string_view without_port(std::string_view authority) {
  const auto bracket = authority.rfind(']');
  const auto colon = authority.rfind(':');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) return authority;
  return authority.substr(0, colon);
}

bool is_authority(std::string_view text) {
  constexpr std::string_view kNoneOfAHost = " \"#/<>?@\\^`{|}";
  const auto port = port_of(text).value_or("");
  return std::all_of(port.begin(), port.end(), is_digit) &&
         text.find_first_of(kNoneOfAHost) == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

tl::expected<void, std::string> check_origin_setting(const std::string& text) {
  if (text == "null")
    return tl::make_unexpected(
        "'null' is the origin of every sandboxed page and local file, whoever made it; name the origin of yours");
  if (text == "*") return tl::make_unexpected("'*' would let in every page; name each origin");
  const auto scheme_end = text.find(kSchemeEnd);
  if (scheme_end == std::string::npos) return wrong(text, "an origin begins with its scheme, like https://" + text);
  const std::string_view scheme(text.data(), scheme_end);
  const auto authority = std::string_view(text).substr(scheme_end + kSchemeEnd.size());
  if (authority.empty()) return wrong(text, "after the scheme comes a host, like https://app.example.org");
  if (const auto end = authority.find_first_of("/?#"); end != std::string_view::npos) {
    return wrong(text, "an origin has neither path nor slash at its end; write " +
                           text.substr(0, text.size() - authority.size() + end));
  }
  if (authority.find('@') != std::string_view::npos)
    return wrong(text, "an origin names no user; leave out what ends in @");
  if (has_upper(text)) return wrong(text, "browsers send origins in lower case; write " + in_lower_case(text));
  if (!is_scheme(scheme)) return wrong(text, "the scheme is none; write it like https://app.example.org");
  const auto host = without_port(authority);
  if (!is_host(host)) return wrong(text, host_fault(host));
  if (!is_canonical(host))
    return wrong(text, "browsers write an address in its shortest form, like [::1] or 192.0.2.1");
  const auto port = port_of(authority);
  if (!port) return {};
  if (!is_port(*port)) return wrong(text, "the port is a number from 1 to 65535");
  const auto is_default = [&](const Scheme& web) { return web.name == scheme && web.port == *port; };
  if (std::any_of(kWebSchemes.begin(), kWebSchemes.end(), is_default))
    return wrong(text, "browsers leave out the port that the scheme has anyway; write " +
                           text.substr(0, text.size() - port->size() - 1));
  return {};
}

tl::expected<void, std::string> check_host_setting(const std::string& text) {
  if (text.find(kSchemeEnd) != std::string::npos)
    return wrong(text, "it is a host name without scheme, like app.example.org");
  if (text.find_first_of("/?#@") != std::string::npos)
    return wrong(text, "it is a host name alone, like app.example.org");
  if (is_host(text)) return {};
  const auto host = without_port(text);
  if (is_host(host)) return wrong(text, "it counts for every port; write " + std::string(host));
  return wrong(text, host_fault(text));
}

}  // namespace taskwire::edge
