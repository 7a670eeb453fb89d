#pragma once

#include <string>

namespace taskwire::cli {

/// A key that nobody else has: 128 random bits in hexadecimal.
[[nodiscard]] std::string random_key();

}  // namespace taskwire::cli
