#pragma once

#include <csignal>
#include <optional>
#include <string>
#include <sys/types.h>
#include <termios.h>
#include <tl/expected.hpp>
#include <vector>

#include "program/descriptor.h"

namespace taskwire::cli {

/// What a command is started with.
struct Launch {
  enum class Group {
    ours,      ///< Stays in our process group: the terminal's signals reach it by themselves.
    own,       ///< A process group of its own.
    terminal,  ///< A session of its own on `terminal`, its process group in the foreground there.
  };
  std::vector<std::string> command;
  std::vector<std::string> environment;  ///< `NAME=value`, whole.
  int in = -1, out = -1, err = -1;       ///< What it gets; -1: ours. Not closed here.
  Group group = Group::own;
  int terminal = -1;  ///< The slave's side.
  sigset_t mask{};    ///< The signals that are blocked in it.
};

/// A command that runs. Not thread-safe.
class Child {
 public:
  /// Fails with the errno of exec(3) where it cannot be started.
  static tl::expected<Child, int> start(const Launch& launch);

  /// Readable when there may be news of it: its end, and with a terminal its stops as well.
  [[nodiscard]] int fd() const { return news_.get(); }
  /// What became of it, as waitpid(2) tells that: its end, a stop, or that it goes on. Nothing: no news.
  std::optional<int> take_news();
  /// To its process group; where it shares ours to it and its descendants. Nothing happens once it has ended.
  void signal(int number) const;

 private:
  Launch::Group group_ = Launch::Group::own;
  pid_t pid_ = -1;      // of the command
  pid_t monitor_ = -1;  // with a terminal, the leader of its session
  Descriptor news_;     // a pidfd, or the monitor's pipe
  bool has_ended_ = false;
};

}  // namespace taskwire::cli
