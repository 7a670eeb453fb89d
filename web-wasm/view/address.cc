#include "view/address.h"

#include <algorithm>
#include <charconv>

namespace taskwire::view {
namespace {

std::string decoded(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    unsigned byte = 0;
    const bool is_escape = text.front() == '%' && text.size() >= 3;
    if (is_escape && std::from_chars(text.data() + 1, text.data() + 3, byte, 16).ptr == text.data() + 3) {
      result += static_cast<char>(byte);
      text.remove_prefix(3);
    } else {
      result += text.front();
      text.remove_prefix(1);
    }
  }
  return result;
}

}  // namespace

std::string user_of_fragment(std::string_view fragment) {
  constexpr std::string_view kKey = "user=";
  if (fragment.starts_with('#')) fragment.remove_prefix(1);
  while (!fragment.empty()) {
    const auto pair = fragment.substr(0, fragment.find('&'));
    if (pair.starts_with(kKey)) return decoded(pair.substr(kKey.size()));
    fragment.remove_prefix(std::min(fragment.size(), pair.size() + 1));
  }
  return {};
}

std::string fragment_of_user(std::string_view user) {
  return std::string("#user=").append(user);  // no character of a user's name needs an escape there
}

}  // namespace taskwire::view
