#include "client/connect.h"

#include <boost/asio/error.hpp>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

#include "client/words.h"

namespace taskwire::client {

boost::asio::awaitable<boost::system::error_code> connect(
    boost::beast::tcp_stream& stream, const boost::asio::ip::tcp::resolver::results_type& addresses) {
  boost::system::error_code error = boost::asio::error::host_not_found;
  for (const auto& entry : addresses) {
    const auto endpoint = entry.endpoint();
    boost::system::error_code ignored;
    stream.socket().close(ignored);
    const int fd = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0);  // Asio's own are inherited
    if (fd < 0) {
      error = boost::system::error_code(errno, boost::system::system_category());
      continue;
    }
    stream.socket().assign(endpoint.protocol(), fd, error);
    if (error) {
      ::close(fd);
      continue;
    }
    const auto [unreachable] = co_await stream.async_connect(endpoint, kAwait);
    error = unreachable;
    if (!error || error == boost::beast::error::timeout) break;
  }
  co_return error;
}

}  // namespace taskwire::client
