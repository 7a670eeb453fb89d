#pragma once

#include <functional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "program/descriptor.h"

namespace taskwire::cli {

/// Hands on what a command prints, byte for byte, on a thread of its own: a slow reader holds up the command as it
/// would without us, and nothing else. What comes as a flood is handed on in fewer, larger pieces, up to 1 ms later.
/// Confined to who made it.
class Relay {
 public:
  using Heard = std::function<void(std::string_view bytes)>;

  /// From `from` to `to`, which stays open while it lives. `heard` is called on its thread with what was handed on. A
  /// reader who goes takes a pipe `from` with him, so that the command learns it as it would alone; a terminal that
  /// goes does not: the signal tells that, and what is printed afterwards is only heard.
  Relay(Descriptor from, int to, Heard heard);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// The command has ended: hands on what it left, and waits for that. What others hold open is left open, and what
  /// they go on to print to leave_behind.
  void finish();
  /// After finish: the end that others still write to, if there are any.
  [[nodiscard]] Descriptor& rest() { return from_; }

 private:
  void run();

  Descriptor from_;
  int to_;
  Heard heard_;
  Bell is_ending_;
  std::thread thread_;
};

/// Copies from the first to the second of each pair, in a process of its own that is nobody's child and holds nothing
/// else open, for as long as somebody holds the other ends: so what a command left in the background does not die of
/// us.
void leave_behind(const std::vector<std::pair<int, int>>& copies);

}  // namespace taskwire::cli
