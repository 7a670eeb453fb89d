#pragma once

#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "support/deadline.h"
#include "tail/terminal.h"

namespace taskwire::test {

/// A child process on a terminal of its own, whose screen is read here. Killed in the destructor, if it still runs.
class Pty {
 public:
  /// Starts `argv`; `environment` (`NAME=value`) is added to ours.
  Pty(std::vector<std::string> argv, unsigned short columns, unsigned short lines,
      const std::vector<std::string>& environment = {});
  ~Pty();
  Pty(const Pty&) = delete;
  Pty& operator=(const Pty&) = delete;

  /// Reads on until `condition` is true of the screen; false where that does not happen in time, or the program ends.
  bool wait_until(const std::function<bool(const Terminal&)>& condition, Clock::time_point deadline = within());
  /// Waits for a line with `text`.
  bool wait_for(const std::string& text);
  /// As if typed.
  void type(const std::string& text) const;
  void resize(unsigned short columns, unsigned short lines) const;
  /// As if its window were closed.
  void hang_up();
  /// Reads to the end; the exit status, or 128 and the signal's number.
  std::optional<int> wait(Clock::time_point deadline = within());

  [[nodiscard]] const Terminal& terminal() const { return terminal_; }
  /// Every byte that was written.
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] std::string screen() const;

 private:
  bool read_some(Clock::time_point deadline);

  Terminal terminal_;
  std::string bytes_;
  int fd_ = -1;
  pid_t pid_ = -1;
  std::optional<int> status_;
};

}  // namespace taskwire::test
