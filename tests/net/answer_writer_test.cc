#include "net/answer_writer.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "support/deadline.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

class AnswerWriterTest : public testing::Test {
 protected:
  AnswerWriterTest() {
    Tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    client.connect(acceptor.local_endpoint());
    socket = std::make_unique<TimedSocket>(acceptor.accept());
  }

  /// Fills the connection, as answers do that nobody takes.
  void fill() {
    const std::string bytes(1 << 20, 'x');
    boost::system::error_code error;
    while (!error) socket->socket().write_some(asio::buffer(bytes), error);
  }
  asio::awaitable<void> write(HttpResponse response) {
    const HttpRequest request{.method = "GET", .target = "/", .headers = {}, .body = {}};
    is_written = co_await writer().write(request, std::move(response), true);
    has_ended = true;
  }
  AnswerWriter& writer() {
    if (!writer_) writer_ = std::make_unique<AnswerWriter>(*socket, budget, guard, std::chrono::seconds(60));
    return *writer_;
  }
  bool run_until(const std::function<bool()>& condition) {
    return test::eventually([&] {
      io.restart();
      io.run_for(std::chrono::milliseconds(1));
      return condition();
    });
  }

  asio::io_context io;
  Budget budget{"test", 1'000'000};
  RequestGuard guard{RequestGuard::Settings{}};
  Tcp::socket client{io};
  std::unique_ptr<TimedSocket> socket;
  bool is_written = false, has_ended = false;

 private:
  std::unique_ptr<AnswerWriter> writer_;
};

TEST_F(AnswerWriterTest, CountsAnAnswerOfWhichNothingWasTakenYet) {
  fill();
  asio::co_spawn(io, write(json_response(200, std::string(100'000, 'x'))), asio::detached);
  io.poll();
  EXPECT_GE(budget.held(), 100'000U);
  std::string taken(1 << 20, '\0');
  EXPECT_TRUE(run_until([&] {
    boost::system::error_code error;
    if (client.available(error) > 0) client.read_some(asio::buffer(taken), error);
    return has_ended;
  }));
  EXPECT_TRUE(is_written);
  EXPECT_EQ(budget.held(), 0U);
}

TEST_F(AnswerWriterTest, CountsNothingOfWhatIsThereAnyway) {
  fill();
  HttpResponse response = json_response(200, {});
  response.shared_body = std::make_shared<const std::string>(100'000, 'x');
  asio::co_spawn(io, write(response), asio::detached);
  io.poll();
  EXPECT_EQ(budget.held(), 0U);
  socket->cut();
  EXPECT_TRUE(run_until([&] { return has_ended; }));
  EXPECT_FALSE(is_written);
}

}  // namespace
}  // namespace taskwire::edge
