#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <tl/expected.hpp>

#include "net/services.h"
#include "net/shard.h"
#include "process/options.h"

namespace taskwire::edge {

/// The address that `text` names, resolved.
[[nodiscard]] tl::expected<boost::asio::ip::tcp::endpoint, std::string> resolve(const std::string& text);

/// Whether nobody listens at `endpoint` yet. The error says what stands in the way.
[[nodiscard]] tl::expected<void, std::string> check_free(const boost::asio::ip::tcp::endpoint& endpoint);

/// Accepts the connections of one shard. Every shard has its own, on the same port (SO_REUSEPORT).
class Listener {
 public:
  Listener(Shard& shard, const Services& services) : shard_(shard), services_(services), acceptor_(shard.io()) {}

  /// Before the shard runs. Port 0 takes a free one. The error names the address.
  [[nodiscard]] tl::expected<boost::asio::ip::tcp::endpoint, std::string> listen(
      const boost::asio::ip::tcp::endpoint& endpoint);
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
