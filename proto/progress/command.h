#pragma once

#include <span>
#include <string>
#include <string_view>

namespace taskwire::progress {

/// A program and its arguments, as they were given.
struct Command {
  std::string_view name;  ///< Without its folder; empty where there is none.
  std::span<const std::string> arguments;
};

/// What a command line runs: through `sudo`, `doas`, `env`, `nice`, `ionice`, `time`, `nohup`, `setsid`, `stdbuf` and
/// `timeout`, and `python -m NAME`. What a shell is given as `-c "…"`, or as a script, is not looked into: there the
/// name is the shell's. The views are of `line`.
[[nodiscard]] Command command_of(std::span<const std::string> line);

/// A name without the version at its end: `pip3.11` is `pip`.
[[nodiscard]] std::string_view without_version(std::string_view name);

}  // namespace taskwire::progress
