#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <tl/expected.hpp>

#include "net/services.h"
#include "net/shard.h"
#include "process/options.h"

namespace taskwire::edge {

/// Why an address cannot be listened on.
struct ListenError {
  std::string text;           ///< Names the address, and what to do.
  bool is_elsewhere = false;  ///< This machine has no such address, or none of its family.
};

/// Whether nobody listens at `endpoint` yet. `is_alone`: there is no listener for the other family, so `[::]` takes its
/// clients too.
[[nodiscard]] tl::expected<void, ListenError> check_free(const boost::asio::ip::tcp::endpoint& endpoint, bool is_alone);

/// Accepts the connections of one shard. Every shard has its own, on the same port (SO_REUSEPORT).
class Listener {
 public:
  Listener(Shard& shard, const Services& services) : shard_(shard), services_(services), acceptor_(shard.io()) {}

  /// Before the shard runs. Port 0 takes a free one. `is_alone` as above.
  [[nodiscard]] tl::expected<boost::asio::ip::tcp::endpoint, ListenError> listen(
      const boost::asio::ip::tcp::endpoint& endpoint, bool is_alone);
  /// Before the shard runs: accepts until stop().
  void start();
  /// Thread-safe.
  void stop();

 private:
  boost::asio::awaitable<void> accept();

  Shard& shard_;
  const Services& services_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace taskwire::edge
