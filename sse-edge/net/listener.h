#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <string>
#include <tl/expected.hpp>

#include "net/http_connection.h"
#include "net/services.h"
#include "net/shard.h"
#include "net/spare_descriptor.h"
#include "process/options.h"
#include "process/tally.h"

namespace taskwire::edge {

/// Why an address cannot be listened on.
struct ListenError {
  std::string text;           ///< Names the address, and what to do.
  bool is_elsewhere = false;  ///< This machine has no such address, or none of its family.
};

/// Whether nobody listens at `endpoint` yet. `is_alone`: there is no listener for the other family, so `[::]` takes its
/// clients too.
[[nodiscard]] tl::expected<void, ListenError> check_free(const boost::asio::ip::tcp::endpoint& endpoint, bool is_alone);

/// How many connections wait at a listening socket to be accepted.
[[nodiscard]] std::size_t waiting_connections(int socket);

/// Accepts the connections of one shard. Every shard has its own, on the same port (SO_REUSEPORT) or of the same
/// socket.
class Listener {
 public:
  /// `budgets` are the shard's, and outlive it.
  Listener(Shard& shard, const Services& services, ConnectionBudgets& budgets)
      : shard_(shard), services_(services), budgets_(budgets), acceptor_(shard.io()) {}

  /// Before the shard runs. Port 0 takes a free one. `is_alone` as above.
  [[nodiscard]] tl::expected<boost::asio::ip::tcp::endpoint, ListenError> listen(
      const boost::asio::ip::tcp::endpoint& endpoint, bool is_alone);
  /// The same with a socket that listens already, which others may share; it belongs to the listener.
  [[nodiscard]] tl::expected<boost::asio::ip::tcp::endpoint, ListenError> adopt(int socket);
  /// Before the shard runs: accepts until stop().
  void start();
  /// Thread-safe. What waits to be accepted at a socket of its own is reset; how many, the log tells.
  void stop();

 private:
  void set_options();
  boost::asio::awaitable<void> accept();
  void welcome(boost::asio::ip::tcp::socket socket, const boost::asio::ip::address& peer);
  /// There is no descriptor left: closes one connection that waits, so that its client knows.
  void refuse_waiting();

  Shard& shard_;
  const Services& services_;
  ConnectionBudgets& budgets_;
  SpareDescriptor spare_;
  Tally refusals_{"listener: cannot accept"};
  boost::asio::ip::tcp::acceptor acceptor_;
  bool is_shared_ = false;
};

}  // namespace taskwire::edge
