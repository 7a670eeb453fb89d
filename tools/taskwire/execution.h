#pragma once

#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "program/ending.h"
#include "program/hearing.h"
#include "program/notify_socket.h"
#include "taskwire/child.h"
#include "taskwire/relay.h"
#include "taskwire/terminal.h"

namespace taskwire::cli {

/// A command with what it is wired to: our own descriptors, by way of terminals or pipes that are listened to. Not
/// thread-safe.
class Execution {
 public:
  struct Settings {
    std::vector<std::string> command;
    std::vector<std::string> environment;
    int in = -1;                   ///< Its standard input; -1: ours.
    bool may_use_terminal = true;  ///< The command is as if it were alone: it gets terminals where we have them, or
                                   ///< shares our process group, and standard output and error are one where ours are.
    sigset_t mask{};
  };

  /// Throws std::system_error where the system has no more of what it takes; then nothing was started.
  Execution(const Settings& settings, Hearing& hearing);
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  /// The errno where it could not be started; else 0.
  [[nodiscard]] int cannot_start() const { return cannot_start_; }
  [[nodiscard]] Child& child() { return *child_; }
  /// It shares our process group, so that signals of the terminal reach it without us.
  [[nodiscard]] bool shares_group() const { return group_ == Launch::Group::ours; }
  [[nodiscard]] bool has_terminal() const { return group_ == Launch::Group::terminal; }

  /// The command has our terminal, which we are not in the foreground of, or were not: somebody should look again.
  [[nodiscard]] bool waits_for_foreground() const { return outer_ && !outer_->is_raw(); }

  /// The size of our terminal has changed.
  void resize();
  /// The command was stopped: our terminal is as it was before, for whoever has it next.
  void let_go();
  /// We go on, perhaps in the foreground now.
  void take_up();
  /// It has ended: hands on what it left. What it left in the background keeps its output.
  void finish();

 private:
  void wire_terminal(Launch& launch);
  void wire_streams(Launch& launch, bool may_use_terminal);
  void start_relays(Hearing& hearing);

  int cannot_start_ = 0;
  std::optional<Child> child_;
  Launch::Group group_ = Launch::Group::own;
  bool are_one_ = false;  // standard output and error are the same file: one pipe keeps their order
  std::optional<InnerTerminal> inner_;
  Pipe out_, err_;  // or terminals that are only drawn on
  Descriptor out_screen_, err_screen_;
  std::optional<OuterTerminal> outer_;
  std::optional<Typing> typing_;
  std::optional<Relay> out_relay_, err_relay_;
  bool is_finished_ = false;
};

}  // namespace taskwire::cli
