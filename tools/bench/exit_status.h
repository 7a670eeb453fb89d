#pragma once

namespace taskwire::bench {

/// What the program's end tells a script. `--help` documents it.
enum class ExitStatus : int {
  ok = 0,       ///< Measured; each reader got each event once, in order.
  faulty = 1,   ///< Measured; something was missing, repeated, out of order or of another channel, or a reader was cut.
  usage = 2,    ///< The command line was not understood.
  refused = 3,  ///< The server is not there, or refused what was asked of it.
  too_many = 4,  ///< This machine does not let the program open so many connections.
  late = 5,      ///< Streams were not open, or requests not answered, within --patience.
};

}  // namespace taskwire::bench
