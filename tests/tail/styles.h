#pragma once

#include "tail/text.h"

namespace taskwire::tail {

constexpr Style kPlain{};
constexpr Style kUnicode{.has_unicode = true};

}  // namespace taskwire::tail
