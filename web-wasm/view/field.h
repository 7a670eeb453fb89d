#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "view/json.h"

namespace taskwire::view {

/// One input of a form: a property of a JSON Schema.
struct Field {
  enum class Kind {
    integer,
    number,
    boolean,  ///< `true` or `false`.
    text,
    choice,  ///< One of `choices`.
    lines,   ///< A list of texts, one a line.
    json,    ///< Anything else, as JSON.
  };

  /// A number, also in the digits that the schema writes it in.
  struct Bound {
    double number;
    std::string digits;
  };

  std::string key;
  std::string label;  ///< For people: the schema's title, else the key in words, `Duration (ms)`.
  std::string help;   ///< What it means, and its bounds; may be empty.
  Kind kind = Kind::text;
  bool is_required = false;
  std::optional<Bound> least, most;  ///< Of a number; of the length of a text; of the count of lines.
  std::vector<std::string> choices;
  std::vector<std::string> choice_values;  ///< What each of them is, as JSON.
  std::string initial;                     ///< The default, as text.
};

/// The fields of a schema of type object, required ones first, else in its order.
[[nodiscard]] std::vector<Field> decode_fields(const Json& schema);

/// The value that `text` spells, as JSON: empty where it is blank and may be, so that the default counts; or what is
/// wrong with it.
[[nodiscard]] tl::expected<std::string, std::string> field_value(const Field& field, std::string_view text);

}  // namespace taskwire::view
