#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace taskwire::test {

/// A small server of event streams with one channel, that does with each event what a test says. A thread for each
/// connection.
class FaultyServer {
 public:
  /// Answers what readers get in place of `frame`, the event number `count` from 1.
  using Spoil = std::function<std::string(std::uint64_t count, const std::string& frame)>;

  explicit FaultyServer(Spoil spoil);
  ~FaultyServer();
  FaultyServer(const FaultyServer&) = delete;
  FaultyServer& operator=(const FaultyServer&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// Gives all readers `bytes`; not from within a Spoil.
  void send(const std::string& bytes);
  /// The head that streams get, in place of a good one.
  void set_stream_head(std::string head) { stream_head_ = std::move(head); }

 private:
  void accept_all();
  void serve(int fd);
  void publish(const std::string& data);

  Spoil spoil_;
  std::string stream_head_ = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
  int listener_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::vector<int> readers_;
  std::vector<int> open_;
  std::uint64_t published_ = 0;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace taskwire::test
