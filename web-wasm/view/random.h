#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace taskwire::view {

/// Gives any 32-bit number.
using RandomBits = std::function<std::uint32_t()>;

/// The same as numbers in [0, 1).
[[nodiscard]] std::function<double()> as_fraction(RandomBits random);

/// 32 hexadecimal digits: an idempotency key that nobody else has.
[[nodiscard]] std::string random_key(const RandomBits& random);

}  // namespace taskwire::view
