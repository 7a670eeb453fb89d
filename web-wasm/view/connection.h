#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "resume/backoff.h"
#include "view/clock.h"
#include "view/message.h"

namespace taskwire::view {

/// Keeps one event stream alive: says when an EventSource has to be open, and when a new one.
///
/// A browser reconnects by itself after a network error, but gives up for good after any answer but 200, and never
/// notices that a peer has silently gone. So a stream that was given up is made anew after a random delay that grows,
/// and one that has been silent for too long at once. Moments are compared, timers are never counted: a timer that
/// fires late does no harm.
///
/// Not thread-safe.
class Connection {
 public:
  enum class State {
    disconnected,  ///< Nobody wants a stream.
    connecting,    ///< Opened, not answered yet.
    live,
    retrying,  ///< Broken; the browser tries again by itself.
    waiting,   ///< Given up by the browser; opened anew in `countdown`.
    paused,    ///< The page is put away.
  };

  /// Silence after which a stream counts as dead; longer where its heartbeats are further apart.
  static constexpr Millis kPatience{40'000};
  /// The same while the browser tries by itself: the server may have told it to wait.
  static constexpr Millis kRetryPatience{120'000};
  /// A page that slept is given so long to take in what has arrived before its stream counts as dead.
  static constexpr Millis kGrace{5'000};

  /// `random` gives numbers in [0, 1).
  explicit Connection(std::function<double()> random);

  void connect(Time now);
  void disconnect();
  /// Opens the stream anew at once, if one is wanted.
  void reconnect(Time now);
  void pause();
  void resume(Time now);
  /// What the browser believes of its network; it may be wrong (loopback), so it only hurries an attempt.
  void set_online(bool is_online, Time now);

  void opened(Time now);
  /// Something arrived, which by itself makes no stream live; `interval` is that between heartbeats, where it said one.
  void heard(Time now, std::optional<Millis> interval = {});
  /// The stream broke; `for_good`: the browser will not try again. `least`: how long the server then asks to wait;
  /// heeded up to `kRetryPatience`.
  void broke(bool for_good, Time now, Millis least = {});
  /// What the stream says of the engine behind it, which counts as long as the stream stands.
  void heard_of_engine(Upstream upstream) { upstream_ = std::move(upstream); }
  void tick(Time now);

  /// 0 where no EventSource should be open; else a number that changes with each one that has to be made.
  [[nodiscard]] int stream() const { return stream_; }
  [[nodiscard]] State state() const { return state_; }
  /// `up` until the stream says otherwise.
  [[nodiscard]] const Upstream& upstream() const { return upstream_; }
  [[nodiscard]] bool is_online() const { return is_online_; }
  /// Attempts that failed since something was heard.
  [[nodiscard]] int failures() const { return failures_; }
  /// Until the next attempt, while `waiting`.
  [[nodiscard]] Millis countdown(Time now) const;
  /// When `tick` has something to do, if nothing happens before.
  [[nodiscard]] std::optional<Time> deadline() const;

 private:
  void open(Time now);
  void wait(Time now, Millis least);
  [[nodiscard]] Millis patience() const;

  Backoff backoff_;
  State state_ = State::disconnected;
  int stream_ = 0;
  int opened_ = 0;
  int failures_ = 0;
  bool is_wanted_ = false;
  bool is_online_ = true;
  bool had_grace_ = false;  // since something was heard
  Upstream upstream_;
  Time heard_at_{};  // or opened, or broke
  Time retry_at_{};
  Millis heartbeat_{0};
};

}  // namespace taskwire::view
