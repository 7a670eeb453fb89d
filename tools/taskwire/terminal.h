#pragma once

#include <atomic>
#include <optional>
#include <termios.h>
#include <thread>
#include <vector>

#include "program/descriptor.h"

namespace taskwire::cli {

/// A terminal of its own for a command, within ours: of the same size and settings. Not thread-safe.
class InnerTerminal {
 public:
  /// As `outer`, a descriptor of our terminal. Nothing where the machine gives no more terminals.
  static std::optional<InnerTerminal> make(int outer);

  [[nodiscard]] int master() const { return master_.get(); }
  [[nodiscard]] int slave() const { return slave_.get(); }
  /// Once the command holds it.
  void close_slave() { slave_.close(); }

 private:
  Descriptor master_, slave_;
};

/// A terminal that a command only draws on, in place of `outer`, which its line discipline is left to: it has nobody's
/// keys, and is no one's controlling terminal. `write_end` is what the command gets. Nothing where the machine gives no
/// more terminals.
[[nodiscard]] std::optional<Pipe> make_screen(int outer);
/// Gives the terminal `inner` the size of `outer`.
void copy_size(int outer, int inner);

/// Our own terminal while a command has the inner one: raw, so that every key goes there. Only while we are in its
/// foreground. Not thread-safe.
class OuterTerminal {
 public:
  /// `fd` stays open while it lives.
  explicit OuterTerminal(int fd) : fd_(fd) {}
  ~OuterTerminal() { restore(); }
  OuterTerminal(const OuterTerminal&) = delete;
  OuterTerminal& operator=(const OuterTerminal&) = delete;

  [[nodiscard]] bool is_in_foreground() const;
  [[nodiscard]] bool is_raw() const { return before_.has_value(); }
  void make_raw();
  /// As it was before.
  void restore();

 private:
  int fd_;
  std::optional<termios> before_;
};

/// Hands on what is typed, on a thread of its own, while we are in the foreground. Confined to who made it.
class Typing {
 public:
  /// From our terminal `from` to `to`; both stay open while it lives.
  Typing(int from, int to);
  ~Typing();
  Typing(const Typing&) = delete;
  Typing& operator=(const Typing&) = delete;

  /// Whether we are in the foreground may have changed.
  void look_again() const { bell_.ring(); }

 private:
  void run();
  bool write_all(const char* bytes, std::size_t size);

  int from_, to_;
  std::atomic<bool> is_over_{false};
  Bell bell_;
  std::thread thread_;
};

/// Whether a stop by the terminal would be of use to our process group: somebody of our session is there to continue us
/// (otherwise it is orphaned, and the kernel does not stop it either).
[[nodiscard]] bool can_be_stopped();

}  // namespace taskwire::cli
