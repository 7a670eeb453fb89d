#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
#include "gate/listening.h"
#include "process/tally.h"

namespace taskwire::gate {

/// Accepts connections. While the system gives no descriptor it rests: what waits to be accepted would wake the thread
/// again and again. Confined to the gate's thread.
class Acceptor {
 public:
  /// Takes a connection, non-blocking, and the name of its client, which is for people.
  using Admit = std::function<void(engine::Fd client, std::string peer)>;

  static constexpr std::chrono::milliseconds kRest{100};

  explicit Acceptor(std::vector<Listening> listening) : listening_(std::move(listening)) {}

  /// Has `poll`, an epoll, tell of those who come.
  void watch(int poll);
  [[nodiscard]] bool listens_at(int fd) const;
  /// Accepts from all, a few: who has come gets a hearing before the next ones do.
  void accept(int poll, engine::SteadyTime now, const Admit& admit);
  /// Listens again when it has rested.
  void go_on(int poll, engine::SteadyTime now);
  [[nodiscard]] bool is_resting() const { return is_resting_; }
  /// Closes the sockets.
  void stop() { listening_.clear(); }

 private:
  void rest(int poll, engine::SteadyTime now);
  void accept_from(const Listening& listening, int poll, engine::SteadyTime now, const Admit& admit);

  std::vector<Listening> listening_;
  bool is_resting_ = false;
  engine::SteadyTime rests_until_;
  Tally no_descriptors_{"gate: the system accepts no connection; raise ulimit -n"};
};

}  // namespace taskwire::gate
