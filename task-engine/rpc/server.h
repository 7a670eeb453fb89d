#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/engine.h"
#include "gate/gate.h"
#include "rpc/call_limits.h"

namespace taskwire::rpc {

/// The engine's network side: its services, health and reflection on one port. Thread-safe.
class Server {
 public:
  struct Settings {
    std::size_t connections = 1000;
    std::size_t calls_per_connection = 1000;  ///< Calls and Watches under way; a client makes further ones wait.
    CallLimits::Settings calls;
    std::size_t pending_bytes = std::size_t{64} << 20;  ///< Of messages on their way to who watches.
    std::size_t descriptors = 1024;                     ///< That the process may open; connections are kept below it.
    /// A connection is asked for a sign of life after so long without one, and closed where none comes: together, a
    /// machine that is gone is noticed.
    std::chrono::milliseconds keepalive_time{30'000};
    std::chrono::milliseconds keepalive_timeout{10'000};
  };

  /// Listens on each address of `host:port`, as gate::listen_on says. `CANNOT_START`, for example where the port is in
  /// use. `engine` must outlive the server.
  [[nodiscard]] static engine::Result<std::unique_ptr<Server>> listen(const std::string& address,
                                                                      const Settings& settings, engine::Engine& engine);
  virtual ~Server() = default;

  /// Where it listens: the same port on each.
  [[nodiscard]] virtual const std::vector<Address>& addresses() const = 0;
  [[nodiscard]] int port() const { return addresses().front().port; }
  /// How many calls are under way.
  [[nodiscard]] virtual const CallLimits& limits() const = 0;
  /// Finishes all Watches, refuses new calls, and waits so long for those under way before it cuts them.
  virtual void shut_down(std::chrono::milliseconds patience) = 0;
};

}  // namespace taskwire::rpc
