#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace taskwire::bench {

/// What a server of event streams costs at least: one thread, one epoll, and one send() for each delivery. It keeps the
/// last events of a channel for who comes with an id, and cuts readers who do not take at once. It trusts its clients.
/// Not thread-safe.
class FloorServer {
 public:
  /// Listens on 127.0.0.1; port 0 takes a free one.
  explicit FloorServer(std::uint16_t port);
  ~FloorServer();
  FloorServer(const FloorServer&) = delete;
  FloorServer& operator=(const FloorServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Serves for ever.
  [[noreturn]] void run();

 private:
  struct Channel;
  struct Connection {
    int fd = -1;
    Channel* channel = nullptr;  // of a reader
    std::size_t place = 0;       // among the channel's readers
    std::string in;              // of a request that is not whole
  };
  struct Channel {
    std::vector<Connection*> readers;
    std::uint64_t last = 0;
    std::deque<std::string> kept;  // the newest, the last with the id `last`
  };

  void accept_all();
  void read(Connection& connection);
  bool take_request(Connection& connection);
  void subscribe(Connection& connection, const std::string& channel, const std::string& head);
  void publish(Connection& connection, const std::string& channel, std::string body);
  void close(Connection& connection);

  int listener_ = -1;
  int epoll_ = -1;
  std::uint16_t port_ = 0;
  std::unordered_map<std::string, std::unique_ptr<Channel>> channels_;
  std::vector<std::unique_ptr<Connection>> connections_;  // by descriptor
  std::vector<Connection*> behind_;                       // who are cut after a publish
};

}  // namespace taskwire::bench
