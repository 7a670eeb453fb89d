#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace taskwire::engine {

enum class JsonKind { null, boolean, number, text, list, object };

/// A value of a JSON file that people write, with the line that it, or its key, stands in. Not thread-safe.
class JsonValue {
 public:
  JsonKind kind = JsonKind::null;
  int line = 1;
  std::string path;              ///< Of keys, from the root on: `types[0].command`.
  std::string text;              ///< Of a text as it is, of other scalars as JSON.
  std::string name;              ///< Its key, in an object.
  std::vector<JsonValue> items;  ///< Of a list or an object, in the file's order.

  /// Null where there is none of that name.
  [[nodiscard]] const JsonValue* find(std::string_view wanted) const;
  /// All of it as JSON.
  [[nodiscard]] std::string json() const;
  /// `CANNOT_START`: what is wrong with it, after its line and its path.
  [[nodiscard]] tl::unexpected<Error> wrong(const std::string& what) const;
  /// The same, as whoever knows nothing of the file said it.
  [[nodiscard]] tl::unexpected<Error> wrong(const Error& error) const;
};

/// Reads a JSON text. `CANNOT_START`, with the line: it is none, or has a key twice.
[[nodiscard]] Result<JsonValue> read_json(std::string_view text);

}  // namespace taskwire::engine
