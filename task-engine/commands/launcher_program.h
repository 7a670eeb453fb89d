#pragma once

#include <csignal>
#include <sys/types.h>
#include <vector>

namespace taskwire::engine {

/// The children of this process, which has one thread, as the kernel lists them: those that it started, and what
/// processes that have ended left.
class LauncherChildren {
 public:
  LauncherChildren();
  LauncherChildren(const LauncherChildren&) = delete;
  LauncherChildren& operator=(const LauncherChildren&) = delete;
  ~LauncherChildren();

  /// Whether the system tells at all.
  [[nodiscard]] bool are_known() const { return fd_ >= 0; }
  [[nodiscard]] std::vector<pid_t> list() const;

 private:
  int fd_;
};

/// The program while it runs, and after. Until it is waited for its process group's number is its own.
class LauncherProgram {
 public:
  LauncherProgram(pid_t pid, const LauncherChildren& children) : pid_(pid), children_(children) {}

  [[nodiscard]] bool has_ended() const;
  void signal(int number) const;
  /// Whether others of its process group run that have come to us.
  [[nodiscard]] bool has_company() const;
  /// Those that have ended are forgotten.
  void reap_others() const { (void)others(); }
  /// Kills all that there is, waits for it, and answers how the program ended. `children_end`: SIGCHLD, which is
  /// blocked.
  [[nodiscard]] int end_all(const sigset_t& children_end) const;

 private:
  [[nodiscard]] std::vector<pid_t> others() const;

  const pid_t pid_;
  const LauncherChildren& children_;
};

}  // namespace taskwire::engine
