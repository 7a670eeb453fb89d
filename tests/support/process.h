#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

#include "support/deadline.h"

namespace taskwire::test {

/// A child process whose output is collected. Killed in the destructor, if it still runs.
class Process {
 public:
  /// Starts `argv`; `environment` is added to ours.
  explicit Process(std::vector<std::string> argv, std::vector<std::string> environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Waits for a line of standard output or error that contains `text`; nothing when it does not come, or the process
  /// ends before.
  std::optional<std::string> wait_for_line(const std::string& text, Clock::time_point deadline = within());
  void signal(int number) const;
  /// The exit status, or 128 and the signal's number; nothing when it does not end in time.
  std::optional<int> wait(Clock::time_point deadline = within());
  void kill();
  /// Everything written so far to standard output and error; all of it once the process has ended.
  std::string output();

 private:
  void collect(int fd);

  pid_t pid_ = -1;
  std::optional<int> status_;
  std::thread reader_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_;
  bool has_closed_ = false;
};

/// Runs `argv` to its end; its output and status. Fails the test where it does not end.
struct Ran {
  int status;
  std::string output;
};
Ran run(std::vector<std::string> argv, Clock::time_point deadline = within());

/// The path of `program` on the PATH; empty where it is not.
std::string find_program(const std::string& program);

}  // namespace taskwire::test
