#pragma once

#include <csignal>
#include <optional>
#include <string>
#include <sys/types.h>
#include <termios.h>
#include <tl/expected.hpp>
#include <vector>

#include "program/descriptor.h"
#include "taskwire/family.h"

namespace taskwire::cli {

/// What a command is started with.
struct Launch {
  enum class Group {
    ours,      ///< Stays in our process group: the terminal's signals reach it by themselves.
    own,       ///< A process group of its own.
    terminal,  ///< A session of its own on `terminal`, its process group in the foreground there. Whom it leaves behind
               ///< there keeps the terminal, and what is printed there comes out at `screen`.
  };
  std::vector<std::string> command;
  std::vector<std::string> environment;  ///< `NAME=value`, whole.
  int in = -1, out = -1, err = -1;       ///< What it gets; -1: ours. Not closed here.
  Group group = Group::own;
  int terminal = -1, master = -1;  ///< The slave's side, and the other.
  int screen = -1;
  sigset_t mask{};  ///< The signals that are blocked in it.
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
  /// To its process group; where it shares ours to it and its descendants. Also once it has ended, to those it left.
  void signal(int number);
  /// Once it has ended: whether any of those its signals went to is left.
  [[nodiscard]] bool has_left_any() const;
  /// Once it has ended: nobody reads its terminal any more.
  void leave_terminal() { news_.close(); }

 private:
  Launch::Group group_ = Launch::Group::own;
  pid_t pid_ = -1;      // of the command
  pid_t monitor_ = -1;  // with a terminal, the leader of its session
  Descriptor news_;     // a pidfd, or the monitor's pipe
  Family family_;
  bool has_ended_ = false;
};

}  // namespace taskwire::cli
