#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/fd.h"
#include "gate/frame_guard.h"

namespace taskwire::gate {

/// Carries the bytes of one connection between the client and gRPC, past a FrameGuard. gRPC comes in when the client
/// has asked for something whole, or when it is let in: one that is silent, or comes and goes without a question, costs
/// gRPC nothing, to which connections are dearer than calls. What one side does not take at once is kept, and no more
/// is read for it until it has: at most one buffer a direction. When gRPC closes its side, or takes nothing any more,
/// the client still gets what gRPC said, and what the client goes on to say is thrown away: at most kMostIgnored bytes,
/// for at most kParting. Sockets are non-blocking, and registered edge-triggered by the owner. Confined to the gate's
/// thread.
class Relay {
 public:
  enum class State { introduced, waits, has_more, held, ended };

  static constexpr std::chrono::seconds kParting{2};
  static constexpr std::size_t kMostIgnored = std::size_t{1} << 20;

  /// `peer` is for people.
  Relay(engine::Fd client, std::string peer, Allowance& allowance, engine::SteadyTime now);

  /// Lets it come to gRPC though it has asked nothing yet.
  void let_in() { is_let_in_ = true; }
  /// Gives it the way to gRPC; once, when move() asks for it.
  void connect(engine::Fd grpc);

  /// Moves what can be moved; `buffer` is scratch space. `introduced`: connect(), and call again. `has_more`: call
  /// again when others had their turn. `held`: the client waits to be let in, or the guard makes it wait; call again
  /// when it is, or may let more pass. Of one in line nothing new is read while it has to wait. `ended`: the connection
  /// is over, because a side closed it or by fault().
  [[nodiscard]] State move(std::span<char> buffer, engine::SteadyTime now);
  /// The client says nothing more, which cannot be read while it is held.
  void client_has_ended() { has_client_ended_ = true; }
  /// Tells the client why the connection is closed, as far as that can be told at once. Call it last.
  void say_farewell(Fault fault);

  [[nodiscard]] Fault fault() const { return fault_; }
  [[nodiscard]] const FrameGuard& guard() const { return guard_; }
  [[nodiscard]] const std::string& peer() const { return peer_; }
  [[nodiscard]] int client() const { return client_.get(); }
  [[nodiscard]] int grpc() const { return grpc_.get(); }  ///< Negative before connect().
  [[nodiscard]] engine::SteadyTime accepted() const { return accepted_; }
  /// When the client last sent something; at first, when it was accepted.
  [[nodiscard]] engine::SteadyTime heard() const { return heard_; }
  /// Whether the guard makes the client wait, or it waits to be let in.
  [[nodiscard]] bool is_held() const {
    return waits_outside() || (!held_.empty() && guard_.waits_for() != FrameGuard::Wait::none);
  }
  /// Whether it waits to be let in.
  [[nodiscard]] bool waits_outside() const { return !grpc_ && guard_.is_introduced() && !is_let_in_; }
  /// How much of the client is held, in bytes.
  [[nodiscard]] std::size_t held() const { return held_.size() + (grpc_ ? 0 : up_.kept.size()); }
  /// For the owner's line of those who are held: whether this one was not in it before.
  bool enter_line() { return !std::exchange(is_in_line_, true); }
  void leave_line() { is_in_line_ = false; }
  /// That it was not let in when its turn came: whether it was so for the first time.
  bool note_wait() { return !std::exchange(has_waited_, true); }
  /// Whether gRPC has closed its side for so long that the client is to be left alone.
  [[nodiscard]] bool is_overdue(engine::SteadyTime now) const { return parts_until_ && now >= *parts_until_; }

 private:
  /// One direction.
  struct Way {
    int from;
    int to;
    std::string kept;       // what `to` has not taken
    std::size_t given = 0;  // of `kept`
    bool is_at_end = false;
  };

  State greet(std::span<char> buffer, engine::SteadyTime now);
  State move_down(std::span<char> buffer, engine::SteadyTime now);
  State move_up(std::span<char> buffer, engine::SteadyTime now);
  State wait_in_line(engine::SteadyTime now);
  [[nodiscard]] State hold() const;
  /// The next bytes of the client; nothing: none now, or has ended.
  std::optional<std::string_view> next_of_client(std::span<char> buffer, engine::SteadyTime now);
  State ignore(std::span<char> buffer);
  void part(engine::SteadyTime now);
  static bool give_kept(Way& way);
  static bool give(Way& way, std::string_view bytes);

  const engine::Fd client_;
  engine::Fd grpc_;
  const std::string peer_;
  const engine::SteadyTime accepted_;
  engine::SteadyTime heard_;
  FrameGuard guard_;
  Fault fault_ = Fault::none;
  Way up_;
  Way down_;
  std::string held_;  // what the guard makes wait
  bool has_client_ended_ = false;
  bool is_let_in_ = false;
  bool has_waited_ = false;
  bool is_in_line_ = false;
  std::optional<engine::SteadyTime> parts_until_;  // gRPC takes nothing any more
  std::size_t ignored_ = 0;
};

}  // namespace taskwire::gate
