#include "base/text.h"

#include <algorithm>

namespace taskwire::engine {

bool has_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

std::string clean_text(std::string_view text, std::size_t most_bytes) {
  std::string clean;
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const auto step = std::max<std::size_t>(length, 1);
    if (clean.size() + step > most_bytes) break;
    clean += length == 0 ? std::string_view("?") : text.substr(0, length);
    text.remove_prefix(step);
  }
  return clean;
}

}  // namespace taskwire::engine
