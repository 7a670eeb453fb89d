#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/engine_state.h"
#include "hub/event.h"
#include "metrics/counter.h"
#include "net/absence_log.h"
#include "net/engine_channel.h"
#include "net/watch_call.h"
#include "resume/backoff.h"

namespace taskwire::edge {

/// What the engine's Watch brought, made ready once for all shards.
struct Update {
  std::optional<Cursor> start;      ///< Everything follows after this.
  std::vector<EventPtr> events;     ///< Events in order …
  Sequence through = 0;             ///< … and nothing else up to here. 0: says nothing.
  std::optional<EngineState> lost;  ///< The engine has gone, or refuses; it is being looked for.
};
using UpdatePtr = std::shared_ptr<const Update>;

/// The edge's one Watch of the engine: opens it at the hubs' cursor, reads on when every shard has taken the last
/// message, and opens it anew with backoff when it ends or falls silent. Confined to the thread of its io_context, but
/// for what says otherwise.
class Upstream {
 public:
  /// Hands an update to every shard; calls `taken` on any thread when all have it.
  using Publish = std::function<void(UpdatePtr, std::function<void()> taken)>;

  struct Settings {
    std::int64_t tail_events = 10'000;  ///< How far back a hub that begins anew is filled.
    std::function<double()> random;     ///< In [0, 1).
  };

  Upstream(boost::asio::io_context& io, EngineChannel& channel, Settings settings, Publish publish);

  void start();
  /// Ends the Watch; `stopped` is called when nothing of it is left.
  void stop(std::function<void()> stopped);

  /// Thread-safe: since when the engine cannot be reached; nothing while it can. The edge counts as without engine from
  /// the start.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> lost_since() const;
  /// Thread-safe: whether the engine was reached at least once.
  [[nodiscard]] bool was_synced() const { return was_synced_; }
  /// Thread-safe: how it stands with the engine.
  [[nodiscard]] EngineState::Is state() const { return state_; }
  /// Thread-safe: how often the Watch was opened anew.
  [[nodiscard]] std::uint64_t reconnects() const { return reconnects_.value(); }
  /// Thread-safe: how many frames of events were made.
  [[nodiscard]] std::uint64_t frames_made() const { return frames_made_.value(); }

 private:
  void open();
  void on_message(const std::shared_ptr<WatchCall>& call, const v1::WatchResponse& message);
  void hand_on(const std::shared_ptr<WatchCall>& call, const UpdatePtr& update);
  void took(const UpdatePtr& update);
  void on_end(const grpc::Status& status);
  void tell_outage(const grpc::Status& status);
  void watch_for_silence();

  boost::asio::io_context& io_;
  EngineChannel& channel_;
  Settings settings_;
  Publish publish_;
  Backoff backoff_;
  AbsenceLog absence_;
  boost::asio::steady_timer reopen_;
  boost::asio::steady_timer silence_;
  std::shared_ptr<WatchCall> call_;
  std::optional<Cursor> cursor_;  // of the hubs
  std::chrono::steady_clock::time_point last_message_;
  std::function<void()> stopped_;
  bool is_stopping_ = false;
  bool is_live_ = false;
  std::optional<EngineState> outage_;                       // told to the shards
  std::atomic<bool> is_taken_in_ = false;                   // a message is being handed to the shards
  std::atomic<std::chrono::steady_clock::rep> lost_since_;  // 0: reached
  std::atomic<bool> was_synced_ = false;
  std::atomic<EngineState::Is> state_ = EngineState::Is::down;
  Counter reconnects_;
  Counter frames_made_;  // by one thread of gRPC's at a time
};

}  // namespace taskwire::edge
