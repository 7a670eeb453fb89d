#pragma once

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "hub/engine_state.h"
#include "hub/heartbeats.h"
#include "hub/hub.h"
#include "hub/presence.h"
#include "hub/pump.h"
#include "hub/stream_metrics.h"
#include "metrics/histogram.h"
#include "net/config.h"
#include "net/connection_metrics.h"
#include "net/drain.h"
#include "net/epoll_set.h"
#include "net/pages.h"
#include "net/socket_sink.h"
#include "net/streams.h"
#include "net/upstream.h"

namespace taskwire::edge {

/// One thread with its connections and its hub. A connection lives and dies on its shard. Whatever concerns many
/// streams is done in slices, between which the shard takes in what else arrived. Confined to its shard's thread, but
/// for what says otherwise.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): its parts are in the order of their lives
class Shard {
 public:
  Shard(const Config& config, Pages& pages, EngineClient& engine);
  ~Shard();  // NOLINT(bugprone-exception-escape)
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  [[nodiscard]] boost::asio::io_context& io() { return io_; }
  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] Hub& hub() { return hub_; }
  [[nodiscard]] Pages& pages() { return pages_; }
  [[nodiscard]] EngineClient& engine() { return engine_; }
  [[nodiscard]] const EngineLink& engine_link() const { return link_; }
  [[nodiscard]] bool is_engine_reachable() const { return link_.is_reachable; }
  [[nodiscard]] const Pump::Means& pump_means() const { return pump_means_; }
  [[nodiscard]] const SocketSink::Means& sink_means() const { return sink_means_; }
  /// What is counted in them may be read on any thread.
  [[nodiscard]] StreamMetrics& metrics() { return metrics_; }
  [[nodiscard]] const StreamMetrics& metrics() const { return metrics_; }
  [[nodiscard]] ConnectionMetrics& connection_metrics() { return connection_metrics_; }
  [[nodiscard]] const ConnectionMetrics& connection_metrics() const { return connection_metrics_; }
  /// Thread-safe: how late its thread comes to what is due, looked at four times a second.
  [[nodiscard]] HistogramValue loop_delay() const { return loop_delay_.value(); }
  /// A reconnection time for a client, between --retry-min and --retry-max.
  [[nodiscard]] std::chrono::milliseconds random_retry() {
    return random_between(config_.retry_min, config_.retry_max);
  }
  /// Any time from `least` to `most`.
  [[nodiscard]] std::chrono::milliseconds random_between(std::chrono::milliseconds least,
                                                         std::chrono::milliseconds most);

  [[nodiscard]] Streams& streams() { return streams_; }
  /// The stream goes on in one of the next slices.
  void add_turn(SseStream& stream);
  void remove(Streams::Number stream);
  /// A stream of these people has closed.
  void depart(CloseReason reason, std::vector<Presence> people);

  /// Those who wait for something but the end: they are woken by its cancellation when the shard is stopping.
  using Waits = std::list<boost::asio::steady_timer*>;
  Waits::iterator add_wait(boost::asio::steady_timer& timer) { return waits_.insert(waits_.end(), &timer); }
  void remove_wait(Waits::iterator wait) { waits_.erase(wait); }
  [[nodiscard]] bool is_stopping() const { return is_stopping_; }
  /// How long who comes now should stay away; nothing where its streams are not sent elsewhere.
  [[nodiscard]] std::optional<std::chrono::milliseconds> absence() {
    return drain_ ? std::optional(drain_->absence()) : std::nullopt;
  }
  /// Whether who comes back should come to another edge, or later.
  [[nodiscard]] bool goes_away() const { return drain_ != nullptr || is_stopping_; }

  /// Thread-safe: starts the thread.
  void run();
  /// Thread-safe: hands an update to the hub, then calls `taken` on this thread: at once, unless so much waits to be
  /// delivered that the hub might evict what nobody was given yet; then when that was delivered to all who take it.
  /// Where the hub cannot take it in, it begins anew behind it, and who reads there asks the engine.
  void post(UpdatePtr update, std::function<void()> taken);
  /// Who is connected to this shard, and who was; a person may be in both.
  struct Known {
    People people;
    std::vector<Presence> departed;
  };
  /// Thread-safe: calls `done` on this thread.
  void list_people(std::function<void(Known)> done);
  using Visit = std::function<void(SseStream&)>;
  /// Visits every stream, a slice at a time, then calls `done`. A stream whose visit throws is closed, and counted as a
  /// fault.
  void walk(Visit visit, std::function<void()> done);
  /// Thread-safe: ends the streams one after the other, spread over `window`, those of one task last, since it may end
  /// by itself; then calls `done` on this thread: at once where there is none.
  void drain(std::chrono::milliseconds window, std::function<void()> done);
  /// Thread-safe: ends all streams in order, wakes who waits, then calls `done` on this thread.
  void end_streams(std::function<void()> done);
  /// Thread-safe: ends the thread and waits for it. Its connections are cut.
  void stop();

 private:
  using Turns = std::deque<std::weak_ptr<SseStream>>;
  struct Walk;

  void apply(const Update& update);
  void begin_anew(const Update& update) noexcept;
  /// Keeps count of what was appended since the last mark; whether more may be taken in.
  [[nodiscard]] bool may_take_more(const Update& update);
  /// Whether what was marked was delivered to all who take it.
  [[nodiscard]] bool is_delivered() const { return hub_.is_marked_delivered() && owed_turns_.empty(); }
  void mark();
  void on_engine_lost(const EngineState& outage);
  void on_engine_found();
  void tell_engine_state(EngineState state);
  void work();
  void work_slice();
  void beat_all();
  void look_after_streams();
  void measure_delay();
  void take(Turns& turns);
  void go_on(const std::shared_ptr<Walk>& walk);

  const Config& config_;
  Pages& pages_;
  EngineClient& engine_;
  // Outlive the io_context, whose end takes with it whoever still waits there.
  StreamMetrics metrics_;
  ConnectionMetrics connection_metrics_;
  Histogram loop_delay_{kTimeBounds};
  Hub hub_;
  EngineLink link_;
  const Pump::Means pump_means_;
  Waits waits_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  EpollSet epoll_{io_};
  const SocketSink::Means sink_means_{epoll_, metrics_.bytes};
  bool is_working_ = false;
  bool is_stopping_ = false;
  Streams streams_;
  Turns turns_;
  Departed departed_;
  Heartbeats heartbeats_;
  std::array<std::uint64_t, kCloseReasons> told_closed_{};  // of metrics_.closed, as it was last told
  // Back pressure.
  std::size_t events_since_mark_ = 0, bytes_since_mark_ = 0;
  Sequence marked_ = 0;                // the hub's head at the mark
  Turns owed_turns_;                   // of those who lack something up to there, and take it
  bool is_owing_ = false;              // whoever wants a turn now is one of them, if behind
  std::function<void()> held_;         // of the update that was taken in last
  std::optional<EngineState> outage_;  // not told yet
  boost::asio::steady_timer outage_timer_{io_};
  std::unique_ptr<Drain> drain_;  // once it has begun
  boost::asio::steady_timer beat_timer_{io_};
  boost::asio::steady_timer look_timer_{io_};
  boost::asio::steady_timer delay_timer_{io_};
  std::mt19937_64 random_{std::random_device{}()};
  std::thread thread_;
};

}  // namespace taskwire::edge
