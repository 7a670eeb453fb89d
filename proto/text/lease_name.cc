#include "text/lease_name.h"

#include "text/hex.h"

namespace taskwire {

std::string lease_name(const std::string& prefix, std::size_t number) {
  return prefix + hex(number, kLeaseLength - kLeasePrefixLength);
}

}  // namespace taskwire
