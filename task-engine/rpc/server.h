#pragma once

#include <chrono>
#include <memory>

#include "base/error.h"
#include "engine/engine.h"

namespace taskwire::rpc {

/// The engine's network side: its services, health and reflection on one address. Thread-safe.
class Server {
 public:
  /// Listens on `host:port`; port 0 takes a free one. `CANNOT_START`, for example where the port is in use. `engine`
  /// must outlive the server.
  [[nodiscard]] static engine::Result<std::unique_ptr<Server>> listen(const std::string& address,
                                                                      engine::Engine& engine);
  virtual ~Server() = default;

  /// The port that it listens on.
  [[nodiscard]] virtual int port() const = 0;
  /// Finishes all Watches, refuses new calls, and waits so long for those under way before it cuts them.
  virtual void shut_down(std::chrono::milliseconds patience) = 0;
};

}  // namespace taskwire::rpc
