#pragma once

#include <string>

namespace taskwire::tail {

/// What the program's end tells a script. `--help` documents it.
enum class ExitStatus : int {
  ok = 0,         ///< The one task succeeded; the stream is over; as many events as wanted were shown; the reader left.
  failed = 1,     ///< The one task failed.
  usage = 2,      ///< The command line was not understood.
  cancelled = 3,  ///< The one task was cancelled.
  gone = 4,       ///< The one task was deleted, or never was.
  refused = 5,    ///< The server answers, and will not serve this.
  lost = 6,       ///< The connection is lost and not to be made anew, or the output cannot be written.
  interrupted = 130,
  terminated = 143,
};

/// The end of the program.
struct Ending {
  ExitStatus status = ExitStatus::ok;
  std::string message;  ///< For standard error; empty: nothing to say.
};

}  // namespace taskwire::tail
