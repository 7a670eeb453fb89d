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

  /// `poll`: the epoll that tells of those who come; it must outlive this.
  Acceptor(std::vector<Listening> listening, int poll) : listening_(std::move(listening)), poll_(poll) {}

  /// Has the epoll tell of those who come.
  void watch();
  [[nodiscard]] bool listens_at(int fd) const;
  /// Accepts from all, a few: who has come gets a hearing before the next ones do.
  void accept(engine::SteadyTime now, const Admit& admit);
  /// Listens again when it has rested.
  void go_on(engine::SteadyTime now);
  [[nodiscard]] bool is_resting() const { return is_resting_; }
  /// Closes the sockets.
  void stop() { listening_.clear(); }

 private:
  void rest(engine::SteadyTime now);
  void accept_from(const Listening& listening, engine::SteadyTime now, const Admit& admit);

  std::vector<Listening> listening_;
  const int poll_;
  bool is_resting_ = false;
  engine::SteadyTime rests_until_;
  Tally no_descriptors_{"gate: the system accepts no connection; raise ulimit -n"};
};

}  // namespace taskwire::gate
