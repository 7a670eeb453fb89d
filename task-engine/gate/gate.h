#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "gate/acceptor.h"
#include "gate/allowance.h"
#include "gate/listening.h"
#include "gate/relay.h"
#include "process/tally.h"

namespace taskwire::gate {

/// Where the engine's connections come in: accepts them, and carries each that speaks HTTP/2 to gRPC past a FrameGuard,
/// because gRPC 1.51 bounds neither aborted calls nor header blocks, and accepts nothing any more once descriptors have
/// run out. Who has asked for something whole comes to gRPC at once, who has said no more than hello (as gRPC's own
/// clients do, who wait for an answer to that) or begins calls and asks nothing has to be let in, of whom there are so
/// many a second. When there are as many connections as there may be, one makes room: that has said nothing for a
/// second, else of those that wait for an advance, or to be let in with calls begun, the one with most, else one that
/// has said nothing yet, else one without a whole request that has been silent for `Settings::patience`, the longest
/// first. Where there is none, the new one is refused. While the system gives no descriptor, who comes waits, and who
/// has come and only now speaks is refused. What is refused is counted in the log. A thread of its own does it all.
/// Thread-safe.
class Gate {
 public:
  struct Settings {
    Limits limits;
    /// Descriptors that this process may open; some of them are left to the store and the log.
    std::size_t descriptors = 1024;
    /// How long what was sent may stay unanswered by the client's machine.
    std::chrono::milliseconds user_timeout{10'000};
    /// How long a client may take to introduce itself.
    std::chrono::milliseconds patience{10'000};
    /// Called when a thousand calls or more have ended since the last time, at most every 10 s: there may be memory to
    /// give back. On the gate's thread; must not block.
    std::function<void()> on_many_ended;
  };
  /// Takes gRPC's end of a new connection. Called on the gate's thread; must not block.
  using Take = std::function<void(engine::Fd)>;

  /// Listens; nothing is accepted before start(). The errors are those of listen_on.
  [[nodiscard]] static engine::Result<std::unique_ptr<Gate>> open(const std::string& address, const Settings& settings);
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  /// Closes every connection.
  ~Gate() { stop({}); }

  void start(Take take);
  /// Closes the listening sockets; the connections go on.
  void stop_listening();
  /// Waits so long until gRPC has closed every connection and each client has got its last words; closes what is left.
  /// From then on the gate does nothing. For one thread.
  void stop(std::chrono::milliseconds patience);

  /// Where it listens; the first is the one that `address` names first.
  [[nodiscard]] const std::vector<Address>& addresses() const { return addresses_; }
  /// How many connections there may be: the limit, or what the descriptors allow.
  [[nodiscard]] std::size_t most_connections() const { return allowance_.limits.connections; }

 private:
  Gate(std::vector<Listening> listening, const Settings& settings);

  void run();
  [[nodiscard]] std::chrono::milliseconds patience() const;
  void handle(int fd, std::uint32_t events);
  void admit(engine::Fd client, std::string peer);
  /// Lets gRPC take a client in; false where there is no descriptor.
  [[nodiscard]] bool connect(const std::shared_ptr<Relay>& relay);
  void take_up(int fd, const std::shared_ptr<Relay>& relay);
  bool make_room();
  std::shared_ptr<Relay> find_held();
  /// Of those who came by `since` and have not introduced themselves the first one.
  std::shared_ptr<Relay> find_silent(engine::SteadyTime since);
  std::shared_ptr<Relay> find_idle();
  void move(int fd, bool stood_in_line = false);
  void stand_in_line(const std::shared_ptr<Relay>& relay, bool stood_in_line);
  void serve_line();
  [[nodiscard]] bool may_have_turn(Relay& relay);
  void end(Relay& relay, Fault fault);
  void refused(Fault fault, std::string_view whose);
  void sweep();
  void report_ended();

  const Settings settings_;
  const std::size_t most_descriptor_;
  const std::vector<Address> addresses_;
  Take take_;
  engine::Fd poll_;
  engine::Fd wake_;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<engine::SteadyTime> stops_at_{};
  std::atomic<bool> is_to_listen_ = true;

  // Of the thread alone.
  Acceptor acceptor_;
  Allowance allowance_;
  std::unordered_map<int, std::shared_ptr<Relay>> relays_;  // by each of their descriptors
  std::vector<std::shared_ptr<Relay>> ended_;               // their descriptors are free after the round
  std::vector<int> unfinished_;
  std::vector<char> buffer_;
  engine::SteadyTime now_;
  engine::SteadyTime next_sweep_;
  std::deque<std::weak_ptr<Relay>> newcomers_;  // that may not have introduced themselves yet, the first one first
  std::deque<std::weak_ptr<Relay>> line_;       // of those whom the guard makes wait, in order
  engine::SteadyTime next_turns_;
  engine::SteadyTime next_search_;
  engine::SteadyTime next_report_;
  std::size_t reported_streams_ = 0;
  std::map<Fault, Tally> refusals_;
  Tally held_{"gate: calls wait, since too many are begun or aborted before they are answered"};

  std::thread thread_;
};

}  // namespace taskwire::gate
