#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "gate/listening.h"
#include "scrape/scrape_answer.h"

namespace taskwire::scrape {

/// Answers who asks for metrics, on an address of its own and by a thread of its own. A connection gets one answer, and
/// has kPatience for all of it; kMostConnections are served at a time, others wait. Thread-safe.
class ScrapeListener {
 public:
  static constexpr std::size_t kMostConnections = 16;
  static constexpr std::chrono::seconds kPatience{5};

  /// Listens on each address of `host:port`, as gate::listen_on says. `collect` is called on the thread.
  /// `CANNOT_START`.
  [[nodiscard]] static engine::Result<std::unique_ptr<ScrapeListener>> open(const std::string& address,
                                                                            Collect collect);
  ScrapeListener(const ScrapeListener&) = delete;
  ScrapeListener& operator=(const ScrapeListener&) = delete;
  /// Closes every connection.
  ~ScrapeListener();

  /// Where it listens: the same port on each.
  [[nodiscard]] const std::vector<Address>& addresses() const { return addresses_; }

 private:
  struct Connection {
    engine::Fd socket;
    engine::SteadyTime deadline;
    std::string request;
    std::string answer;
    std::size_t sent = 0;

    [[nodiscard]] bool is_answered() const { return !answer.empty(); }
    [[nodiscard]] bool is_sending() const { return sent < answer.size(); }
  };

  ScrapeListener(std::vector<gate::Listening> listening, engine::Fd wake, Collect collect);
  void run();
  void accept(int listening);
  /// Goes on with a connection; false where it is over.
  [[nodiscard]] bool try_to_serve(Connection& connection) noexcept;
  [[nodiscard]] bool serve(Connection& connection);
  [[nodiscard]] static bool send(Connection& connection);

  const std::vector<gate::Listening> listening_;
  const engine::Fd wake_;  // readable: the thread is to end
  const Collect collect_;
  const std::vector<Address> addresses_;
  // Of the thread alone.
  std::vector<Connection> connections_;
  engine::SteadyTime rests_until_;  // while the system gives no descriptor
  std::thread thread_;
};

}  // namespace taskwire::scrape
