#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace taskwire::test {

/// An HTTP server that gives prepared answers, one to each connection in turn; then it does not listen any more.
class ScriptedServer {
 public:
  struct Answer {
    std::string bytes;
    bool stays_open = false;  ///< Silent from then on; else the connection is closed.
  };
  struct Request {
    std::string head;
    std::chrono::steady_clock::time_point at;
  };

  explicit ScriptedServer(std::vector<Answer> answers);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  /// Those that came so far.
  [[nodiscard]] std::vector<Request> requests();

 private:
  void serve();
  void answer(int fd, const Answer& answer);

  std::vector<Answer> answers_;
  int listener_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::vector<Request> requests_;
  std::vector<int> open_;
  std::thread thread_;
};

/// The answer of an event stream that has no end, with `body`.
std::string stream_answer(const std::string& body);
/// Another answer, whole.
std::string plain_answer(const std::string& status, const std::string& headers, const std::string& body = "");

}  // namespace taskwire::test
