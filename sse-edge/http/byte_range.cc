#include "http/byte_range.h"

#include <algorithm>
#include <charconv>

#include "http/message.h"

namespace taskwire::edge {
namespace {

/// A number that is too large to be one is as good as any.
std::optional<std::size_t> number(std::string_view digits) {
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() ? value : std::string_view::npos;
}

}  // namespace

RangeAsked parse_range(std::string_view header, std::size_t size) {
  const auto equals = header.find('=');
  if (equals == std::string_view::npos || !equals_ignoring_case(header.substr(0, equals), "bytes")) return {};
  const auto part = header.substr(equals + 1);
  const auto dash = part.find('-');
  if (dash == std::string_view::npos) return {};
  const auto first = number(part.substr(0, dash));
  const auto last = number(part.substr(dash + 1));
  const bool is_suffix = dash == 0;
  if (is_suffix ? !last : (!first || (!last && dash + 1 < part.size()))) return {};
  if (is_suffix) {
    if (*last == 0 || size == 0) return {true, std::nullopt};
    return {true, ByteRange{size - std::min(size, *last), size}};
  }
  if (last && *last < *first) return {};
  if (*first >= size) return {true, std::nullopt};
  return {true, ByteRange{*first, last ? std::min(*last, size - 1) + 1 : size}};
}

}  // namespace taskwire::edge
