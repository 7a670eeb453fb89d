#pragma once

#include <functional>
#include <memory>

#include "net/timed_socket.h"

namespace taskwire::edge {

/// The client whose request is being answered. Confined to its shard's thread.
class Caller {
 public:
  explicit Caller(TimedSocket& socket) : socket_(socket) {}

  /// Looks out for the client's going, for as long as it lives.
  class Watch;
  /// Calls `gone` once, within a second of the client's FIN or RST, or where it sends more than 16 KiB that nobody
  /// reads, out of the shard's loop. Nothing may be read or written meanwhile; what the client sends stays unread. Keep
  /// the answer: it ends the watch.
  [[nodiscard]] std::unique_ptr<Watch> watch(std::function<void()> gone);
  /// Whether the client has gone by now.
  [[nodiscard]] bool has_gone() const;

 private:
  TimedSocket& socket_;
};

class Caller::Watch {
 public:
  Watch(boost::asio::ip::tcp::socket& socket, std::function<void()> gone);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  struct State;
  std::shared_ptr<State> state_;  // its handlers may come late
};

}  // namespace taskwire::edge
