#include "text/lease_name.h"

#include "text/hex.h"

namespace taskwire {

std::string lease_name(const std::string& prefix, std::size_t number) {
  constexpr int kDigits = 4;
  return prefix + hex(number, kDigits);
}

}  // namespace taskwire
