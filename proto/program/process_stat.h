#pragma once

#include <string>
#include <sys/types.h>

namespace taskwire {

/// What /proc/PID/stat (proc(5)) says of a process behind its name: the fields from its state on. Empty where there is
/// no such process, also where it ends while it is asked for.
[[nodiscard]] std::string process_stat(pid_t pid);

}  // namespace taskwire
