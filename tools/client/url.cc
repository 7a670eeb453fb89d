#include "client/url.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace taskwire::client {
namespace {

constexpr std::string_view kHttp = "http://";
constexpr std::string_view kDefaultPort = "80";

tl::unexpected<std::string> refuse(std::string_view what, std::string_view why) {
  return tl::unexpected("'" + std::string(what) + "' " + std::string(why));
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && stop == text.data() + text.size() && port > 0;
}

/// Fills host and port from `authority`; false where it names none.
bool take_authority(std::string_view authority, Url& url) {
  url.authority = authority;
  const auto bracket = authority.find(']');
  const auto colon = authority.find(':', authority.starts_with('[') && bracket != authority.npos ? bracket : 0);
  const auto host = authority.substr(0, colon);
  url.port = colon == std::string_view::npos ? kDefaultPort : authority.substr(colon + 1);
  url.host = host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
  return !url.host.empty() && url.host.find_first_of("[]@") == std::string::npos && is_port(url.port);
}

}  // namespace

bool is_url(std::string_view text) {
  return text.find("://") != std::string_view::npos;
}

bool is_sendable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

tl::expected<Url, std::string> parse_url(std::string_view text) {
  if (text.starts_with("https://"))
    return refuse(
        text, "is https, which is not spoken here; ask the edge itself, or what ends TLS on this machine, by http://");
  if (!text.starts_with(kHttp)) return refuse(text, "is no http:// URL");
  const auto rest = text.substr(kHttp.size(), text.find('#') - std::min(text.find('#'), kHttp.size()));
  const auto path = std::min(rest.find_first_of("/?"), rest.size());
  Url url;
  if (!take_authority(rest.substr(0, path), url) || !is_sendable(rest))
    return refuse(text, "is no URL of an edge; write http://host:port/path, percent-encoded");
  url.path = rest.substr(path);
  if (!url.path.starts_with('/')) url.path.insert(0, "/");
  return url;
}

tl::expected<Url, std::string> parse_edge(const std::string& edge) {
  auto url = parse_url(is_url(edge) ? edge : std::string(kHttp) + edge);
  if (url && url->path.find('?') != std::string::npos) return refuse(edge, "has a query; an edge has none");
  if (url && url->path.ends_with('/')) url->path.pop_back();
  return url;
}

std::string encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
        c == '_' || c == '~') {
      out += c;
    } else {
      out.append(1, '%').append(1, kDigits[byte >> 4U]).append(1, kDigits[byte & 15U]);
    }
  }
  return out;
}

}  // namespace taskwire::client
