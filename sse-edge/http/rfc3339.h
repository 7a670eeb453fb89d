#pragma once

#include <google/protobuf/timestamp.pb.h>
#include <optional>
#include <string_view>

namespace taskwire::edge {

/// The time that `text` spells as RFC 3339, section 5.6, has it: with an offset, in either case, with up to nine digits
/// of a second. Nothing where it spells none, a leap second, or one outside the years 1 to 9999 of UTC.
[[nodiscard]] std::optional<google::protobuf::Timestamp> parse_rfc3339(std::string_view text);

}  // namespace taskwire::edge
