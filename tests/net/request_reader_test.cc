#include "net/request_reader.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "support/deadline.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

class RequestReaderTest : public testing::Test {
 protected:
  RequestReaderTest() {
    Tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    client.connect(acceptor.local_endpoint());
    socket = std::make_unique<TimedSocket>(acceptor.accept());
    reader = std::make_unique<RequestReader>(*socket, budget, config);
  }

  /// Whether the next request came whole.
  bool read(RequestParser& parser) {
    bool is_done = false;
    asio::co_spawn(io, read_whole(parser, is_done), asio::detached);
    io.restart();
    return test::eventually([&] {
      io.run_for(std::chrono::milliseconds(1));
      return is_done;
    });
  }
  asio::awaitable<void> read_whole(RequestParser& parser, bool& is_done) {
    const bool has_header = co_await reader->read_header(parser);
    if (!has_header) co_return;
    reader->add(kBeside);
    const bool has_body = co_await reader->read_body(parser, 1'000'000);
    is_done = has_body && parser.is_complete();
  }

  static constexpr std::size_t kBeside = 10'000;
  asio::io_context io;
  Config config;
  Budget budget{"test", 1'000'000};
  Tcp::socket client{io};
  std::unique_ptr<TimedSocket> socket;
  std::unique_ptr<RequestReader> reader;
};

TEST_F(RequestReaderTest, CountsWhatIsHeldUntilItIsReleased) {
  const std::string body(20'000, 'x');
  const std::string next = "GET /next HTTP/1.1\r\nCookie: " + std::string(8'000, 'c') + "\r\n\r\n";
  asio::write(client, asio::buffer("POST / HTTP/1.1\r\nContent-Length: 20000\r\n\r\n" + body + next));
  RequestParser first(config.max_header_bytes);
  ASSERT_TRUE(read(first));
  const HttpRequest request = first.take_request();
  EXPECT_GE(budget.held(), body.size() + kBeside - kOwnBytes) << "while it is answered";
  reader->release();
  EXPECT_LT(budget.held(), 2 * next.size()) << "at most what came behind it";
  RequestParser second(config.max_header_bytes);
  ASSERT_TRUE(read(second));
  EXPECT_EQ(second.request().target, "/next");
  EXPECT_GE(budget.held(), next.size() + kBeside - kOwnBytes);
  reader->release();
  EXPECT_EQ(budget.held(), 0U);
  reader.reset();
}

TEST_F(RequestReaderTest, CountsNothingOfARequestAsMostAre) {
  asio::write(client, asio::buffer(std::string("GET / HTTP/1.1\r\nHost: localhost\r\n")));
  asio::write(client, asio::buffer(std::string("\r\n")));
  RequestParser parser(config.max_header_bytes);
  const auto is_read = [&]() -> asio::awaitable<void> { co_await reader->read_header(parser); };
  asio::co_spawn(io, is_read(), asio::detached);
  EXPECT_TRUE(test::eventually([&] {
    io.run_for(std::chrono::milliseconds(1));
    return parser.is_complete();
  }));
  EXPECT_EQ(budget.held(), 0U);
}

}  // namespace
}  // namespace taskwire::edge
