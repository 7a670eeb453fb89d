#pragma once

namespace taskwire {

/// A service's log: spdlog's default logger writes to standard error, and no thread that logs ever waits for who reads
/// it. At most 256 KiB of lines wait; what is more is dropped and told. A reader that has gone is survived: SIGPIPE is
/// ignored from then on. An exception that ends the process is logged first. Make one, before all else. Not
/// thread-safe.
class ProcessLog {
 public:
  /// Opens /dev/null in place of standard descriptors that are closed: a file or a connection that got such a number
  /// would get the log's lines, too.
  ProcessLog();
  ProcessLog(const ProcessLog&) = delete;
  ProcessLog& operator=(const ProcessLog&) = delete;
  /// Waits at most a second for what has been logged to be written; what is not written by then is lost.
  ~ProcessLog();
};

/// Waits until what has been logged is written, or a second: for the last words of a process that is about to end.
void flush_log();

}  // namespace taskwire
