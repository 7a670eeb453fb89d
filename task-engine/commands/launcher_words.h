#pragma once

#include <cstdint>

namespace taskwire::engine {

/// What the engine and the launcher of a program tell each other, over a socket of packets. Whichever end goes, the
/// other one knows by that: without the engine the launcher kills all that it started.

/// Where the launcher has its end.
inline constexpr int kLauncherSocket = 3;

/// Where it reads the program's variables, with a zero byte behind each.
inline constexpr int kLauncherVariables = 4;

/// The words of the launcher's command line, before those of the program.
enum class LauncherWord {
  self,
  folder,       ///< To run in.
  user,         ///< `1000:1000:4,27`: a user, a group, and more groups; empty: as it is.
  memory,       ///< Bytes of data of each process; 0: as it is.
  descriptors,  ///< That each may open; 0: as usual.
  program,      ///< Its path.
  arguments,    ///< The first of them.
};

/// To the launcher: a signal for the program's process group, SIGKILL for all that there is.
struct LauncherOrder {
  std::int32_t signal = 0;
};

/// What can fail before the program runs.
enum class LaunchStep : std::int32_t { launcher, children, memory, descriptors, user, folder, program };

/// From the launcher, once.
struct LauncherNews {
  enum class What : std::int32_t { cannot_start, ended };
  What what = What::ended;
  std::int32_t value = 0;                  ///< An errno, or a status as waitpid(2) has it: all has ended then.
  LaunchStep step = LaunchStep::launcher;  ///< Of what could not start.
};

}  // namespace taskwire::engine
