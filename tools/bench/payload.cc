#include "bench/payload.h"

#include <array>
#include <charconv>

namespace taskwire::bench {
namespace {

constexpr std::string_view kMark = "bench:";
constexpr char kPadding = 'x';

template <class T>
bool take_number(std::string_view& text, T& number) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop == text.data() + text.size() || *stop != ':') return false;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
  return true;
}

template <class T>
void append_number(std::string& out, T number) {
  std::array<char, 24> digits;
  const auto [stop, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), stop) += ':';
}

}  // namespace

void append_payload(std::string& out, const Payload& payload, std::size_t size) {
  const auto start = out.size();
  out += kMark;
  append_number(out, payload.channel);
  append_number(out, payload.sequence);
  append_number(out, payload.due);
  if (out.size() - start < size) out.resize(start + size, kPadding);
}

std::optional<Payload> find_payload(std::string_view text) {
  return take_payload(text);
}

std::optional<Payload> take_payload(std::string_view& text) {
  for (auto at = text.find(kMark); at != std::string_view::npos; at = text.find(kMark)) {
    text.remove_prefix(at + kMark.size());
    Payload payload;
    if (take_number(text, payload.channel) && take_number(text, payload.sequence) && take_number(text, payload.due))
      return payload;
  }
  text = {};
  return std::nullopt;
}

}  // namespace taskwire::bench
