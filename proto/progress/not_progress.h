#pragma once

#include <string_view>

namespace taskwire::progress {

/// What the words beside a number say it is.
struct Meaning {
  bool of_percent = false;   ///< A percentage beside this word is no progress.
  bool of_fraction = false;  ///< Nor is a fraction.
};

/// Of a word in whatever case, such as `coverage` or `cup`.
[[nodiscard]] Meaning meaning_of(std::string_view word);

}  // namespace taskwire::progress
