#pragma once

#include <string>
#include <string_view>

namespace taskwire::view {

/// The user that a page's address names after `#`: `#user=alice`. Empty where it names none. Percent-encoding is
/// undone.
[[nodiscard]] std::string user_of_fragment(std::string_view fragment);

/// The fragment that names a user.
[[nodiscard]] std::string fragment_of_user(std::string_view user);

}  // namespace taskwire::view
