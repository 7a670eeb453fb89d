#pragma once

#include <array>
#include <string_view>

namespace taskwire::engine {

/// The types that every engine has.
inline constexpr std::array<std::string_view, 5> kOwnTypes = {"attempts", "checksum", "countdown", "external",
                                                              "simulate"};

}  // namespace taskwire::engine
