#pragma once

#include <iostream>
#include <string_view>

#include "tail/text.h"

namespace taskwire::tail {

/// Says something on standard error; what of it a terminal would obey is left out.
inline void note(std::string_view text) {
  std::cerr << "taskwire-tail: " << printable(text) << '\n';
}

}  // namespace taskwire::tail
