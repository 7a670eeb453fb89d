#pragma once

#include <sys/types.h>

namespace taskwire::engine {

/// Kills all processes of the session that `leader` leads or led, and returns when none is left, or after seconds.
/// `leader` has ended, and was not waited for yet: until then no other session gets its number.
void end_session(pid_t leader);

}  // namespace taskwire::engine
