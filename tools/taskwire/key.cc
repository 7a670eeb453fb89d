#include "taskwire/key.h"

#include <random>

namespace taskwire::cli {

std::string random_key() {
  constexpr std::size_t kDigits = 32;
  constexpr unsigned kHex = 15;
  std::random_device device;
  std::string key;
  while (key.size() < kDigits) key += "0123456789abcdef"[device() & kHex];
  return key;
}

}  // namespace taskwire::cli
