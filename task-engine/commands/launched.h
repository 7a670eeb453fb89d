#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <tl/expected.hpp>
#include <vector>

#include "commands/command.h"
#include "program/descriptor.h"
#include "program/ending.h"

namespace taskwire::engine {

/// The path of the launcher, which lies beside the program that runs.
[[nodiscard]] std::string launcher_path();

/// A program that runs under a launcher of its own. All that it started ends with it, and with this. Not thread-safe.
class Launched {
 public:
  /// Fails with the errno where there is no launcher, or no room for it. `command` must outlive this. `words`: the
  /// arguments, the first one the program's name.
  [[nodiscard]] static tl::expected<Launched, int> start(const Command& command, const std::vector<std::string>& words,
                                                         const std::vector<std::string>& environment);
  Launched(Launched&& other) noexcept;
  Launched& operator=(Launched&&) = delete;
  ~Launched();

  /// What it prints; reading never blocks.
  [[nodiscard]] const Descriptor& out() const { return out_; }
  [[nodiscard]] const Descriptor& err() const { return err_; }
  /// Readable when there is an end to take.
  [[nodiscard]] int fd() const { return socket_.get(); }
  /// To its process group; SIGKILL to all that it started, too.
  void signal(int number) const;
  /// How it ended, once all that it started has.
  [[nodiscard]] std::optional<Ending> take_end() const;

 private:
  Launched(const Command& command, Descriptor out, Descriptor err, Descriptor socket, pid_t launcher);

  const Command& command_;
  Descriptor out_, err_, socket_;
  pid_t launcher_;
};

}  // namespace taskwire::engine
