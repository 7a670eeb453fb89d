#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <string_view>

#include "support/deadline.h"

namespace taskwire::test {

/// Has `socket` listen at `address`, in host order, and answers the port: `port`, or for 0 any that is free. Fails the
/// test where it cannot.
std::uint16_t listen_at(int socket, std::uint16_t port = 0, in_addr_t address = INADDR_LOOPBACK);

/// A blocking TCP connection to 127.0.0.1 with deadlines. What is sent leaves at once.
class Socket {
 public:
  Socket() = default;
  /// Fails the test where it cannot connect. `receive_buffer`: SO_RCVBUF, 0 for the default.
  explicit Socket(std::uint16_t port, int receive_buffer = 0);
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;

  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  void send(std::string_view bytes);
  /// As send, but leaves the rest where the other side does not take it by then.
  void send_in_time(std::string_view bytes, Clock::time_point deadline);
  /// At most `most` bytes; empty at the end of the connection, nothing when none came in time.
  std::optional<std::string> receive(std::size_t most, Clock::time_point deadline);
  /// Sends a FIN, and still receives.
  void end_sending();
  void close();
  /// Closes with a RST instead of a FIN.
  void reset();

 private:
  int fd_ = -1;
};

}  // namespace taskwire::test
