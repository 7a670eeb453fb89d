#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "support/deadline.h"

namespace taskwire::test {

/// A server that takes one task as the contract says, and keeps what it was told. It can go away and come back on its
/// port. Thread-safe.
class FakeServer {
 public:
  struct Told {
    nlohmann::json start;           ///< The last one's body.
    std::vector<std::string> keys;  ///< Of starts.
    std::vector<nlohmann::json> reports, finishes;
    nlohmann::json progress = nlohmann::json::object();  ///< As reported, together.
    std::string output, errors;                          ///< The text of all, and of standard error alone.
    std::uint64_t output_next = 0;
    std::string authorization;
  };
  /// How it behaves.
  struct Manners {
    bool takes_output = true;
    bool cancels = false;
    bool loses_leases = false;
    bool is_failing = false;          ///< Answers 503 to everything.
    std::size_t forgets_answers = 0;  ///< So many reports are taken, and their answers lost.
  };

  FakeServer();
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void set(const Manners& manners);
  void go_away();
  void come_back();
  [[nodiscard]] Told told() const;
  /// Waits until `condition` is true of what it was told.
  bool wait_until(const std::function<bool(const Told&)>& condition, Clock::time_point deadline = within());
  bool wait_for_finish() {
    return wait_until([](const Told& told) { return !told.finishes.empty(); });
  }

 private:
  struct Reply {
    int status;
    nlohmann::json body;
  };

  void listen();
  void serve();
  void serve(int fd);
  Reply answer(const std::string& head, const nlohmann::json& body);
  Reply report(const nlohmann::json& body);

  std::uint16_t port_ = 0;
  int listener_ = -1;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Told told_;
  Manners manners_;
  std::uint64_t last_seq_ = 0;
  std::vector<int> connections_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace taskwire::test
