#pragma once

#include <cstddef>

namespace taskwire {

/// Raises the limit of open file descriptors (RLIMIT_NOFILE) as far as the system lets this process go. Answers the
/// limit that is in force then; where the system refuses to raise it, what it was before. Thread-safe.
std::size_t raise_descriptor_limit();

}  // namespace taskwire
