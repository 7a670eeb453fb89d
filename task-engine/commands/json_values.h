#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "commands/json_file.h"

namespace taskwire::engine {

/// What values of a file that people write have to be. Each reads one into `to`, or answers what is wrong with it and
/// how to mend it.

[[nodiscard]] Result<void> text_of(const JsonValue& value, std::string& to);
/// `what` is in the list, for people.
[[nodiscard]] Result<void> texts_of(const JsonValue& value, const std::string& what, std::vector<std::string>& to);
/// A whole number, both ends with it.
[[nodiscard]] Result<void> number_of(const JsonValue& value, std::int64_t least, std::int64_t most, std::int64_t& to);
/// A time, as flags have it: `"15s"`.
[[nodiscard]] Result<void> time_of(const JsonValue& value, std::chrono::milliseconds least,
                                   std::chrono::milliseconds most, std::chrono::milliseconds& to);
/// A size in bytes: `"512MiB"`; 1 MiB to 1024 TiB.
[[nodiscard]] Result<void> bytes_of(const JsonValue& value, std::uint64_t& to);

}  // namespace taskwire::engine
