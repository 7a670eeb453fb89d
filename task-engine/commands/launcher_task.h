#pragma once

#include <cstdint>
#include <optional>
#include <sys/types.h>
#include <vector>

#include "commands/launcher_words.h"

namespace taskwire::engine {

/// What the launcher is to run, as the engine told it.
struct LauncherTask {
  /// Who the program is to be.
  struct Identity {
    uid_t user = 0;
    gid_t group = 0;
    std::vector<gid_t> groups;
  };

  const char* folder = nullptr;
  std::optional<Identity> identity;
  std::uint64_t memory = 0;
  std::uint64_t descriptors = 0;
  const char* program = nullptr;
  char** arguments = nullptr;
  std::vector<char> variables;  ///< Each with a zero byte behind it.

  /// As execve(2) takes them; they point into `variables`.
  [[nodiscard]] std::vector<char*> environment();
};

/// Reads the words of a command line, and the variables from where they are. Nothing, and an errno, where those cannot
/// be read.
[[nodiscard]] std::optional<LauncherTask> read_task(char** words);

}  // namespace taskwire::engine
