#pragma once

#include <exception>

namespace taskwire::edge {

/// Logs and counts an exception that ended what was done for one connection, or for one message of the engine: a bug,
/// or no memory. The edge goes on. Nothing where `error` is empty. Thread-safe.
void note_fault(const std::exception_ptr& error);

}  // namespace taskwire::edge
