#pragma once

#include <cstdint>
#include <string>

namespace taskwire {

/// The last `digits` hexadecimal digits of `value`, lower case.
[[nodiscard]] std::string hex(std::uint64_t value, int digits);

}  // namespace taskwire
