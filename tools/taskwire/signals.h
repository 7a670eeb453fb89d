#pragma once

#include <csignal>
#include <optional>
#include <sys/signalfd.h>

#include "program/descriptor.h"

namespace taskwire::cli {

/// The signals of this process, taken in turn by a descriptor; those that whoever started us wants to be ignored stay
/// so. Make it before any thread; one at a time. Not thread-safe.
class Signals {
 public:
  /// Takes those that end or stop a process, and what terminals and children tell. Throws std::system_error where there
  /// is no descriptor for them.
  Signals();
  /// Gives the process back to them.
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] std::optional<signalfd_siginfo> take() const;
  /// From now on `number` does to this process what it usually does.
  void release(int number) const;
  /// So do all; what has come by now is passed over.
  void release_all() const;
  /// What was blocked before.
  [[nodiscard]] const sigset_t& before() const { return before_; }

 private:
  void give_back() const;

  sigset_t taken_{}, before_{};
  struct sigaction child_before_ {
  }, pipe_before_{};
  Descriptor fd_;
};

}  // namespace taskwire::cli
