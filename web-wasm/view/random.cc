#include "view/random.h"

#include <string_view>
#include <utility>

namespace taskwire::view {

std::function<double()> as_fraction(RandomBits random) {
  return [random = std::move(random)] { return random() / 4294967296.0; };
}

std::string random_key(const RandomBits& random) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string key;
  for (int i = 0; i < 4; ++i) {
    auto bits = random();
    for (int digit = 0; digit < 8; ++digit, bits >>= 4U) key += kHex[bits & 15U];
  }
  return key;
}

}  // namespace taskwire::view
