#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "net/config.h"
#include "net/listener.h"
#include "net/services.h"
#include "net/shard.h"

namespace taskwire::edge {

/// A whole sse-edge. Not thread-safe.
class Server {
 public:
  explicit Server(Config config);
  /// Stops.
  ~Server();

  /// Listens and serves, and answers the port. The error says what to do.
  [[nodiscard]] tl::expected<std::uint16_t, std::string> start();
  /// Stops accepting, ends every stream in order, ends the Watch, and waits for all of it.
  void stop();

 private:
  void publish(const UpdatePtr& update, std::function<void()> taken);

  Config config_;
  RequestGuard guard_;
  StaticFiles files_;
  std::shared_ptr<grpc::Channel> channel_;
  EngineClient engine_;
  Pages pages_;
  Admission admission_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::unique_ptr<Upstream> upstream_;
  std::unique_ptr<Services> services_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  bool is_running_ = false;
};

}  // namespace taskwire::edge
