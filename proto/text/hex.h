#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace taskwire {

/// The last `digits` hexadecimal digits of `value`, lower case.
[[nodiscard]] std::string hex(std::uint64_t value, std::size_t digits);

}  // namespace taskwire
