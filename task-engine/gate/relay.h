#pragma once

#include <span>
#include <string>

#include "base/clock.h"
#include "base/fd.h"
#include "gate/frame_guard.h"

namespace taskwire::gate {

/// Carries the bytes of one connection between the client and gRPC, past a FrameGuard. What one side does not take at
/// once is kept, and no more is read for it until it has: at most one buffer a direction. Sockets are non-blocking, and
/// registered edge-triggered by the owner. Confined to the gate's thread.
class Relay {
 public:
  enum class State { waits, has_more, ended };

  /// `peer` is for people.
  Relay(engine::Fd client, engine::Fd grpc, std::string peer, Allowance& allowance, engine::SteadyTime now);

  /// Moves what can be moved; `buffer` is scratch space. `has_more`: call again when others had their turn. `ended`:
  /// the connection is over, because a side closed it or by fault().
  [[nodiscard]] State move(std::span<char> buffer, engine::SteadyTime now);
  /// Tells the client why the connection is closed, as far as that can be told at once. Call it last.
  void say_farewell(Fault fault);

  [[nodiscard]] Fault fault() const { return fault_; }
  [[nodiscard]] const FrameGuard& guard() const { return guard_; }
  [[nodiscard]] const std::string& peer() const { return peer_; }
  [[nodiscard]] int client() const { return client_.get(); }
  [[nodiscard]] int grpc() const { return grpc_.get(); }
  [[nodiscard]] engine::SteadyTime accepted() const { return accepted_; }
  /// When the client last sent something; at first, when it was accepted.
  [[nodiscard]] engine::SteadyTime heard() const { return heard_; }

 private:
  /// One direction.
  struct Way {
    int from;
    int to;
    Fault (FrameGuard::*look)(std::string_view, engine::SteadyTime);
    std::string kept;       // what `to` has not taken
    std::size_t given = 0;  // of `kept`
    bool is_at_end = false;
  };

  State move(Way& way, std::span<char> buffer, engine::SteadyTime now);
  static bool give(Way& way, std::string_view bytes);

  const engine::Fd client_;
  const engine::Fd grpc_;
  const std::string peer_;
  const engine::SteadyTime accepted_;
  engine::SteadyTime heard_;
  FrameGuard guard_;
  Fault fault_ = Fault::none;
  Way up_;
  Way down_;
};

}  // namespace taskwire::gate
