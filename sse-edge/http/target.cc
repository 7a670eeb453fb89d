#include "http/target.h"

#include <algorithm>
#include <charconv>

#include "http/message.h"
#include "http/split.h"
#include "resume/ascii.h"

namespace taskwire::edge {
namespace {

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

bool parse_query(std::string_view text, Target& target) {
  while (!text.empty()) {
    auto pair = take_part(text, '&');
    if (pair.empty()) continue;
    auto name = decode(take_part(pair, '='), true);
    auto value = decode(pair, true);
    if (!name || !value) return false;
    target.query.emplace_back(std::move(*name), std::move(*value));
  }
  return true;
}

}  // namespace

Result<std::optional<std::string_view>> Target::parameter(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const auto& [known, value] : query) {
    if (known != name) continue;
    if (found) return refuse(Reason::repeated_parameter, std::string(name) + " is given twice. Give it once.");
    found = value;
  }
  return found;
}

std::size_t Target::held() const {
  std::size_t bytes = authority.capacity() + segments.capacity() * sizeof(std::string) +
                      query.capacity() * sizeof(std::pair<std::string, std::string>);
  for (const auto& segment : segments) bytes += segment.capacity();
  for (const auto& [name, value] : query) bytes += name.capacity() + value.capacity();
  return bytes;
}

std::vector<std::string> Target::parameters(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [known, value] : query) {
    if (known == name) values.push_back(value);
  }
  return values;
}

Result<std::optional<int>> Target::number(std::string_view name, int least, int most, Reason reason) const {
  const auto text = parameter(name);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return std::nullopt;
  int number = 0;
  const auto* const end = (*text)->data() + (*text)->size();
  const auto [stop, error] = std::from_chars((*text)->data(), end, number);
  if (error == std::errc() && stop == end && number >= least && number <= most) return number;
  return refuse(reason, std::string(name) + " is a whole number from " + std::to_string(least) + " to " +
                            std::to_string(most) + ".");
}

std::optional<Target> parse_target(std::string_view text) {
  Target target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equals_ignoring_case(text.substr(0, scheme.size()), scheme)) continue;
    text.remove_prefix(scheme.size());
    const auto path = std::min(text.find_first_of("/?"), text.size());
    if (path == 0) return std::nullopt;  // RFC 9110, 4.2.1: an empty host is none
    target.authority = text.substr(0, path);
    text.remove_prefix(path);
    if (text.empty() || text.front() == '?') {
      target.segments.emplace_back();
      return parse_query(text.substr(std::min<std::size_t>(1, text.size())), target) ? std::optional(target)
                                                                                     : std::nullopt;
    }
  }
  if (!text.starts_with('/')) return std::nullopt;
  const auto end = std::min(text.find('?'), text.size());
  auto path = text.substr(1, end - 1);
  do {
    auto segment = decode(take_part(path, '/'), false);
    if (!segment) return std::nullopt;
    target.segments.push_back(std::move(*segment));
  } while (!path.empty());
  if (end > 1 && text[end - 1] == '/') target.segments.emplace_back();
  if (!parse_query(text.substr(std::min(end + 1, text.size())), target)) return std::nullopt;
  return target;
}

}  // namespace taskwire::edge
