#include "output/output_place.h"

#include <limits>

#include "resume/cursor.h"

namespace taskwire::engine {

std::string to_string(const std::string& epoch, const OutputPlace& place) {
  return epoch + "-" + std::to_string(place.attempt) + "." + std::to_string(place.place);
}

std::optional<OutputCursor> parse_output_cursor(std::string_view text) {
  const auto dot = text.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto attempt = parse_cursor(text.substr(0, dot));
  if (!attempt || attempt->sequence > std::numeric_limits<int>::max()) return std::nullopt;
  // Both numbers are written the same way.
  const auto place = parse_cursor(attempt->epoch + "-" + std::string(text.substr(dot + 1)));
  if (!place) return std::nullopt;
  return OutputCursor{attempt->epoch, {static_cast<int>(attempt->sequence), place->sequence}};
}

}  // namespace taskwire::engine
