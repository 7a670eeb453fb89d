#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "net/listener.h"
#include "net/services.h"

namespace taskwire::edge {

/// All listeners of an edge: for each address one a shard. Not thread-safe.
class Listeners {
 public:
  explicit Listeners(const Services& services) : services_(services) {}

  /// Before the shards run: listens on every address of `text` that this machine has, and answers which these are. Port
  /// 0 takes a free one, the same on each; an address where that one is in use is left out, and logged. Unless
  /// `reuse_port`, nobody else may listen there. The error says what stands in the way.
  [[nodiscard]] tl::expected<std::vector<boost::asio::ip::tcp::endpoint>, std::string> listen(const std::string& text,
                                                                                              bool reuse_port);
  /// Before the shards run: accepts from these sockets, which belong to it now, and answers where they listen. Unless
  /// `others`, all of them on loopback.
  [[nodiscard]] tl::expected<std::vector<boost::asio::ip::tcp::endpoint>, std::string> adopt(
      const std::vector<int>& sockets, bool others);
  /// Before the shards run: accepts until stop().
  void start();
  /// Thread-safe.
  void stop();

 private:
  using Endpoint = boost::asio::ip::tcp::endpoint;
  tl::expected<Endpoint, ListenError> listen_on_all_shards(Endpoint endpoint, bool is_alone, bool reuse_port);

  const Services& services_;
  std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace taskwire::edge
