#pragma once

namespace taskwire::cli {

/// What the program's end tells a script. `--help` of each command documents it.
enum ExitStatus : int {
  kOk = 0,
  kFailed = 1,      ///< The server refused, or is not there; of `output` and `tail`: see there.
  kUsage = 2,       ///< The command line was not understood.
  kNoServer = 125,  ///< Of `run --require-server`: no server took the task; the command was not started.
};

}  // namespace taskwire::cli
