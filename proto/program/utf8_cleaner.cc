#include "program/utf8_cleaner.h"

#include <algorithm>
#include <utility>

#include "text/utf8.h"

namespace taskwire {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Whether more bytes could make a character of `text`, which begins with none.
bool may_become_one(std::string_view text) {
  constexpr std::size_t kLongest = 4;
  if (text.size() >= kLongest) return false;
  std::string tried(text);
  for (const std::string_view rest : {"\x80", "\xA0", "\x90"}) {
    std::string longer = tried + std::string(rest);
    while (longer.size() <= kLongest) {
      if (utf8_length(longer) > 0) return true;
      longer += '\x80';
    }
  }
  return false;
}

}  // namespace

std::string Utf8Cleaner::clean(std::string more) {
  if (rest_.empty() && is_utf8(more)) return more;
  const auto joined = std::exchange(rest_, {}) + more;
  std::string_view bytes = joined;
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto* const high =
        std::find_if(bytes.begin(), bytes.end(), [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; });
    const auto plain = static_cast<std::size_t>(high - bytes.begin());
    text.append(bytes.substr(0, plain));
    bytes.remove_prefix(plain);
    if (bytes.empty()) break;
    const auto length = utf8_length(bytes);
    if (length > 0) {
      text.append(bytes.substr(0, length));
      bytes.remove_prefix(length);
    } else if (may_become_one(bytes)) {
      rest_ = bytes;
      break;
    } else {
      text += kReplacement;
      bytes.remove_prefix(1);
    }
  }
  return text;
}

std::string Utf8Cleaner::finish() {
  std::string text;
  for (std::size_t i = 0; i < rest_.size(); ++i) text += kReplacement;
  rest_.clear();
  return text;
}

}  // namespace taskwire
