#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "net/attendance.h"
#include "net/config.h"
#include "net/listeners.h"
#include "net/services.h"
#include "net/shard.h"

namespace taskwire::edge {

/// A whole sse-edge. Not thread-safe.
class Server {
 public:
  explicit Server(Config config);
  /// Stops.
  ~Server();  // NOLINT(bugprone-exception-escape)

  /// Listens where its settings say, or on the sockets that it inherits, which it owns, and serves, and answers where.
  /// The error says what to do.
  [[nodiscard]] tl::expected<std::vector<boost::asio::ip::tcp::endpoint>, std::string> start(
      const std::vector<int>& inherited = {});
  /// Ends the streams of events one after the other, within the time that --drain says, and waits until none is left:
  /// each comes back elsewhere, or here, when another edge is there. /readyz says so, and new streams are told to come
  /// back after that time. All else goes on, streams of output until stop(). Of inherited sockets who was accepted last
  /// has a second more to be answered.
  void drain();
  /// Stops accepting, ends every stream in order, ends the Watch, and waits for all of it.
  void stop();

 private:
  void publish(const UpdatePtr& update, std::function<void()> taken);
  void watch_commands();

  Config config_;
  RequestGuard guard_;
  StaticFiles files_;
  EngineChannel channel_;
  EngineClient engine_;
  Commands commands_;
  Claims claims_;
  GiveBacks give_backs_{engine_};
  Outputs outputs_;
  Pages pages_;
  Admission admission_;
  TrustedProxies proxies_;
  RateLimit request_rate_;
  RateLimit stream_rate_;
  Attendance attendance_{shards_};
  std::vector<std::unique_ptr<ConnectionBudgets>> budgets_;  // of each shard
  std::vector<std::unique_ptr<Shard>> shards_;
  Scrapes scrapes_;
  boost::asio::thread_pool aside_{1};  // what waits there is of shards
  std::unique_ptr<Upstream> upstream_;
  std::optional<boost::asio::steady_timer> next_look_;  // of the first shard's thread
  std::unique_ptr<Services> services_;
  std::unique_ptr<Listeners> listeners_;
  bool is_inherited_ = false;  // what it listens on
  bool is_running_ = false;
};

}  // namespace taskwire::edge
