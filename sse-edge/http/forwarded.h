#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace taskwire::edge {

/// For whom each proxy on the way forwarded a request, the nearest last: the `for` of each element of a Forwarded field
/// (RFC 7239, 4), without quotes; of the last kMostForwards. Empty where an element has none, or has two, and at the
/// end where the field is from there on not what that RFC says.
[[nodiscard]] std::vector<std::string> forwarded_for(std::string_view field);
/// The same of an X-Forwarded-For field, a list of addresses that no RFC describes.
[[nodiscard]] std::vector<std::string> x_forwarded_for(std::string_view field);

inline constexpr std::size_t kMostForwards = 32;

}  // namespace taskwire::edge
