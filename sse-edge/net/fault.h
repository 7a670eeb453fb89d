#pragma once

#include <exception>

namespace taskwire::edge {

/// Logs and counts an exception that ended what one connection was doing: a bug, or no memory. The edge goes on.
/// Nothing where `error` is empty. Thread-safe.
void note_fault(const std::exception_ptr& error);

}  // namespace taskwire::edge
