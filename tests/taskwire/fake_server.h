#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
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
    std::vector<nlohmann::json> claims;                  ///< Bodies, with the key as `key`.
    std::vector<nlohmann::json> retries;                 ///< Bodies.
    std::vector<Clock::time_point> report_times;         ///< Of all that were tried.
    std::size_t connections = 0;                         ///< Open now.
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
    bool is_failing = false;           ///< Answers 503 to everything.
    std::size_t finds_gaps = 0;        ///< So many reports without a number are refused, as if they came too early.
    std::size_t forgets_answers = 0;   ///< So many reports are taken, and their answers lost.
    bool refuses_starts = false;       ///< Answers 404 to them.
    bool is_silent = false;            ///< Takes requests, and never answers.
    int retry_after_s = 0;             ///< Told beside a 503; 0: not.
    std::size_t bytes_per_second = 0;  ///< How fast it reads; 0: as it can.
    nlohmann::json lease_ms = 30'000;
    bool tells_place = true;        ///< Answers `outputNext`, else null.
    bool takes_results = true;      ///< Else answers 413 to a finish with a result.
    bool takes_progress = true;     ///< Else answers 400 to a report with progress.
    std::string status = "failed";  ///< Of the task, once its lease was lost.
    bool forgets_claims = false;    ///< Claims are assigned, and their answers lost.
    bool holds_claims = false;      ///< Claims are assigned, and never answered.
    bool assigns = true;            ///< Claims get a task, else none comes.
  };

  FakeServer();
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void set(const Manners& manners);
  void go_away();
  void come_back();
  /// The lease that it gave is over, as where nobody reported for long.
  void lose_lease();
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
  static constexpr int kHangsUp = 0, kSilence = -1;

  void listen();
  void serve();
  void serve(int fd);
  std::optional<std::string> read_request(int fd, std::string& bytes, nlohmann::json& body);
  void pace(std::size_t bytes);
  Reply answer(const std::string& head, const nlohmann::json& body);
  Reply claim(const std::string& key, const nlohmann::json& body);
  Reply report(const nlohmann::json& body);

  std::uint16_t port_ = 0;
  int listener_ = -1;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Told told_;
  Manners manners_;
  std::uint64_t last_seq_ = 0;
  std::string lease_ = "secret";
  std::string claimed_;  // the key and the body of the last claim that was assigned
  int attempts_ = 1;
  bool is_away_ = false;
  std::vector<int> connections_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace taskwire::test
