#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "http/problem.h"
#include "hub/engine_state.h"
#include "hub/heartbeats.h"
#include "hub/presence.h"
#include "hub/session.h"
#include "hub/sink.h"
#include "taskwire/v1/task_service.pb.h"

namespace taskwire::edge {

/// One open event stream without its connection: hands its Sink what its Session is owed, as fast as that takes it, and
/// asks for what it lacks. Confined to its shard's thread.
class Pump final : public Hub::Subscriber, public Sink::Writer {
 public:
  /// What a pump asks of its surroundings. Each answers later, never within the call.
  class Outside {
   public:
    /// Is answered by take_page.
    virtual void ask_for_page(const v1::ReadEventsRequest& request) = 0;
    /// Is answered by take_task.
    virtual void ask_for_task(const v1::GetTaskRequest& request) = 0;
    /// Calls go_on() in a while.
    virtual void ask_again_later() = 0;
    /// Calls go_on() when others had their turn. Asked again before that, it is one turn.
    virtual void want_turn() = 0;
    /// What the hub or the sink had it do met a fault: the stream has to be closed.
    virtual void on_fault(const std::exception_ptr& fault) = 0;
    /// Once: the stream is closed, and nothing is called any more. `people`: whose it was.
    virtual void on_closed(CloseReason reason, std::vector<Presence> people) = 0;

   protected:
    ~Outside() = default;
  };

  /// What all pumps of a shard share.
  struct Means {
    Hub& hub;
    const EngineLink& link;
    Session::Means session;
    std::chrono::milliseconds stall_timeout;  ///< A reader that takes no byte for so long is cut.
  };

  /// `is_task_known`: a stream of one task needs no look whether the task is there and goes on.
  Pump(Outside& outside, Sink& sink, const Means& means, StreamRequest request, bool is_task_known);
  ~Pump() override;

  /// Sends the first block, with `retry`, and goes on from there in turns.
  void start(std::chrono::milliseconds retry);
  /// Sends what there is to send, for one turn.
  void go_on();
  void take_page(const Result<PagePtr>& answer);
  void take_task(const Result<v1::GetTaskResponse>& answer);
  /// Nothing was sent for a heartbeat's time.
  void beat(Heartbeats& heartbeats, std::chrono::steady_clock::time_point now);
  /// Tells the stream how it stands with the engine, where it does not know. Call it when `link` has changed.
  void tell_engine_state();
  /// Ends the stream in order: what is under way, an id, the response's end. `retry`: when it is to come back, if not
  /// as it was told before.
  void end(std::optional<std::chrono::milliseconds> retry = {});

  [[nodiscard]] bool is_of_one_task() const { return session_.is_of_one_task(); }
  /// Whether there is more for it in the hub up to `place`, which it goes on with at its next turn.
  [[nodiscard]] bool is_behind(Sequence place) const { return may_send() && session_.is_behind(place, means_.hub); }
  /// The people whose tasks or messages it carries, as connected once.
  [[nodiscard]] std::vector<Presence> people() const { return people(sink_.last_seen()); }

  void on_news() override;
  void on_writable() override;
  void on_closed(CloseReason reason) override;

 private:
  enum class State : std::uint8_t { open, ending, closed };
  /// What the client was told of the engine beside "up" or "down", and what this stream found out for itself. Most have
  /// none.
  struct Trouble {
    std::optional<EngineState> found;
    bool lasts = false;
    std::string told_reason;
  };

  [[nodiscard]] bool may_send() const { return state_ == State::open && sink_.is_writable(); }
  void send(std::span<const Part> parts);
  void leave(State state);
  void read_hub();
  void use_page();
  [[nodiscard]] bool wait_for_engine();
  /// The engine was asked and gave no answer that helps: ask again, and tell the client if it lasts.
  void try_again(const Problem& problem);
  /// The engine gave what was asked for, or is not needed for now.
  void has_no_trouble();
  [[nodiscard]] std::vector<Presence> people(std::chrono::system_clock::time_point last_seen_at) const;

  Outside& outside_;
  Sink& sink_;
  const Means& means_;
  const bool is_greeted_;  // as a stream of messages to one person
  Session session_;
  PagePtr page_;  // answered, not yet used
  std::unique_ptr<Trouble> trouble_;
  const std::chrono::system_clock::time_point connected_at_;
  State state_ = State::open;
  EngineState::Is told_ = EngineState::Is::up;
  bool is_told_own_ = false;  // what it found out for itself
  bool is_task_known_;
  bool is_asking_ = false;
};

}  // namespace taskwire::edge
