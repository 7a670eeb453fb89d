#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "hub/hub.h"
#include "hub/presence.h"
#include "net/config.h"
#include "net/pages.h"
#include "net/upstream.h"

namespace taskwire::edge {

class SseStream;

/// One thread with its connections and its hub. A connection lives and dies on its shard. Confined to its shard's
/// thread, but for what says otherwise.
class Shard {
 public:
  Shard(const Config& config, Pages& pages, EngineClient& engine);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  [[nodiscard]] boost::asio::io_context& io() { return io_; }
  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] Hub& hub() { return hub_; }
  [[nodiscard]] Pages& pages() { return pages_; }
  [[nodiscard]] EngineClient& engine() { return engine_; }
  [[nodiscard]] bool is_engine_reachable() const { return is_engine_reachable_; }
  /// A reconnection time for a client, between --retry-min and --retry-max.
  [[nodiscard]] std::chrono::milliseconds random_retry();

  /// Streams in order of their last write, the longest silent first.
  using Streams = std::list<std::shared_ptr<SseStream>>;
  Streams::iterator add(std::shared_ptr<SseStream> stream);
  /// The stream has just written something.
  void touch(Streams::iterator stream) { streams_.splice(streams_.end(), streams_, stream); }
  void remove(Streams::iterator stream);
  /// A stream of these people has closed.
  void depart(std::vector<Presence> people);

  /// Those who wait for something but the end: they are woken by its cancellation when the shard is stopping.
  using Waits = std::list<boost::asio::steady_timer*>;
  Waits::iterator add_wait(boost::asio::steady_timer& timer) { return waits_.insert(waits_.end(), &timer); }
  void remove_wait(Waits::iterator wait) { waits_.erase(wait); }
  [[nodiscard]] bool is_stopping() const { return is_stopping_; }

  /// Who is connected to this shard, and who was.
  [[nodiscard]] std::map<std::string, Presence> people() const;

  /// Thread-safe: starts the thread.
  void run();
  /// Thread-safe: hands an update to the hub, then calls `taken` on this thread.
  void post(UpdatePtr update, std::function<void()> taken);
  /// Thread-safe: ends all streams in order, wakes who waits, then calls `done` on this thread.
  void end_streams(std::function<void()> done);
  /// Thread-safe: ends the thread and waits for it. Its connections are cut.
  void stop();

 private:
  void apply(const Update& update);
  void deliver();
  void beat();

  const Config& config_;
  Pages& pages_;
  EngineClient& engine_;
  // Outlive the io_context, whose end takes with it whoever still waits there.
  Hub hub_;
  Waits waits_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  bool is_engine_reachable_ = false;
  bool is_delivering_ = false;
  bool is_stopping_ = false;
  Streams streams_;
  Departed departed_;
  boost::asio::steady_timer beat_timer_{io_};
  std::mt19937_64 random_{std::random_device{}()};
  std::thread thread_;
};

}  // namespace taskwire::edge
