#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "http/problem.h"

namespace taskwire::edge {

/// What a JSON text has that not everything can keep.
struct JsonText {
  bool has_lone_surrogate = false;    ///< Half of a surrogate pair as `\ud800`: it is no character, so no UTF-8 has it.
  bool has_too_large_number = false;  ///< Beyond a double; told only where `into` is given.
};

/// Reads `text` as one JSON text (RFC 8259), and puts what it spells into `into`, where that is given: a number that
/// is too large is discarded there, and after a refusal it may be anything. INVALID_JSON where it begins with a byte
/// order mark, is none or not UTF-8, has the same key twice in one object, or more than `max_depth` objects and arrays
/// in each other.
[[nodiscard]] Result<JsonText> read_json(std::string_view text, int max_depth, nlohmann::json* into = nullptr);

}  // namespace taskwire::edge
