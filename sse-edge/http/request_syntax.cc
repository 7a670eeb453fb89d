#include "http/request_syntax.h"

#include <algorithm>
#include <charconv>

#include "http/split.h"
#include "resume/ascii.h"

namespace taskwire::edge {
namespace {

bool is_token_char(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return is_letter(c) || is_digit(c) || kOthers.find(c) != std::string_view::npos;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
}

bool is_target(std::string_view text) {
  const auto may_be_in_target = [](char c) { return c != ' ' && !is_control(c); };
  return !text.empty() && std::all_of(text.begin(), text.end(), may_be_in_target);
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_field_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c != '\t' && is_control(c); });
}

std::optional<RequestLine> parse_request_line(std::string_view line) {
  constexpr std::string_view kVersion = "HTTP/1.";
  RequestLine parts;
  parts.method = take_part(line, ' ');
  parts.target = take_part(line, ' ');
  if (!is_token(parts.method) || !is_target(parts.target)) return std::nullopt;
  if (!line.starts_with(kVersion) || line.size() != kVersion.size() + 1) return std::nullopt;
  const char minor = line.back();
  if (minor < '0' || minor > '9') return std::nullopt;
  parts.is_http_1_0 = minor == '0';
  return parts;
}

bool may_begin_request(std::string_view begin) {
  if (begin.ends_with('\r')) begin.remove_suffix(1);
  const auto method = take_part(begin, ' ');
  return (method.empty() || is_token(method)) && std::none_of(begin.begin(), begin.end(), is_control);
}

std::optional<FieldLine> parse_field_line(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const FieldLine field{line.substr(0, colon), trim(line.substr(colon + 1))};
  if (!is_token(field.name) || !is_field_text(field.value)) return std::nullopt;
  return field;
}

std::optional<std::uint64_t> parse_chunk_size(std::string_view line) {
  constexpr std::size_t kMostDigits = 15;
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  const auto digits = static_cast<std::size_t>(end - line.data());
  if (error != std::errc() || digits > kMostDigits) return std::nullopt;
  const auto extension = trim(line.substr(digits));
  const bool is_extension = extension.empty() ? digits == line.size() : extension.front() == ';';
  if (!is_extension || !is_field_text(extension)) return std::nullopt;
  return size;
}

}  // namespace taskwire::edge
