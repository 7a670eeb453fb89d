#include "net/socket_sink.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "support/deadline.h"

namespace taskwire::edge {
namespace {

using Tcp = boost::asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::within;

class SocketSinkTest : public testing::Test, public Sink::Writer {
 protected:
  SocketSinkTest() {
    Tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), 0});
    client.open(Tcp::v4());
    client.set_option(boost::asio::socket_base::receive_buffer_size(256 << 10));
    client.connect(acceptor.local_endpoint());
    Tcp::socket accepted = acceptor.accept();
    native = accepted.native_handle();
    sink = std::make_unique<SocketSink>(means, std::move(accepted), true);
    epoll.go_on();
    sink->start(*this, "HTTP/1.1 200 OK\r\n\r\n");
  }
  ~SocketSinkTest() override { sink->close(CloseReason::stopping); }

  void on_writable() override {
    ++writable;
    if (flushes) sink->flush();
  }
  void on_closed(CloseReason reason) override { closed = reason; }

  bool write(std::size_t bytes) {
    const FramePtr frame = std::make_shared<const Frame>(std::string(bytes, 'x'));
    const Part part(frame);
    return sink->try_write({&part, 1});
  }
  template <class Condition>
  bool run_until(Condition condition) {
    const auto deadline = within();
    while (!condition() && steady_clock::now() < deadline) io.run_for(milliseconds(10));
    return condition();
  }
  /// Reads what there is.
  std::string read() {
    std::string bytes(std::size_t{1} << 20, '\0');
    boost::system::error_code error;
    client.non_blocking(true);
    const auto got = client.read_some(boost::asio::buffer(bytes), error);
    if (error == boost::asio::error::eof) is_at_end = true;
    bytes.resize(got);
    return bytes;
  }
  /// From now on the client's machine takes nothing in.
  void vanish() {
    sock_filter drop_all = BPF_STMT(BPF_RET | BPF_K, 0);
    const sock_fprog program{1, &drop_all};
    ASSERT_EQ(setsockopt(client.native_handle(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), 0);
  }
  /// What waits there to be sent; what the reader's side has room for is on its way.
  [[nodiscard]] int in_the_kernel() const {
    int bytes = 0;
    EXPECT_EQ(ioctl(native, SIOCOUTQNSD, &bytes), 0);
    return bytes;
  }

  boost::asio::io_context io;
  EpollSet epoll{io};
  Counter counted;
  const SocketSink::Means means{epoll, counted};
  Tcp::socket client{io};
  int native = -1;
  std::unique_ptr<SocketSink> sink;
  int writable = 0;
  bool flushes = true;  // at once
  std::optional<CloseReason> closed;
  bool is_at_end = false;
};

TEST_F(SocketSinkTest, WritesTheHeadWithTheFirstFrame) {
  EXPECT_FALSE(sink->is_writable());
  EXPECT_TRUE(write(3));
  const std::string all = read();
  EXPECT_EQ(all, "HTTP/1.1 200 OK\r\n\r\n3\r\nxxx\r\n");
  EXPECT_EQ(counted.value(), all.size());
}

TEST_F(SocketSinkTest, LeavesLittleInTheKernelForAReaderThatStalls) {
  const FramePtr frame = std::make_shared<const Frame>(std::string(60 << 10, 'x'));
  const std::vector<Part> parts(64, Part(frame));
  EXPECT_FALSE(sink->try_write(parts));
  EXPECT_LT(in_the_kernel(), 256 << 10);
  EXPECT_GT(frame.use_count(), 30) << "the rest is shared, not copied";
  io.run_for(milliseconds(20));
  EXPECT_EQ(writable, 0);
  std::size_t taken = 0;
  EXPECT_TRUE(run_until([&] {
    taken += read().size();
    return sink->is_writable();
  }));
  EXPECT_GT(writable, 0);
  EXPECT_TRUE(run_until([&] {
    taken += read().size();
    return taken == 19 + 64 * frame->chunk().size();
  }));
  EXPECT_EQ(frame.use_count(), 1);
}

TEST_F(SocketSinkTest, EndsWithTheLastChunkAndWaitsForTheClientsEnd) {
  write(3);
  sink->close(CloseReason::over);
  EXPECT_FALSE(closed);
  std::string all;
  EXPECT_TRUE(run_until([&] {
    all += read();
    return is_at_end;
  }));
  EXPECT_TRUE(all.ends_with("xxx\r\n0\r\n\r\n")) << all;
  client.close();
  EXPECT_TRUE(run_until([&] { return closed.has_value(); }));
  EXPECT_EQ(closed, CloseReason::over) << "the client has not left, it has it all";
}

TEST_F(SocketSinkTest, WaitsNotForEverForTheClientsEnd) {
  write(3);
  sink->close(CloseReason::over);
  sink->look(steady_clock::now(), std::chrono::seconds(20));
  EXPECT_FALSE(closed);
  sink->look(steady_clock::now() + std::chrono::seconds(2), std::chrono::seconds(20));
  EXPECT_EQ(closed, CloseReason::over);
}

TEST_F(SocketSinkTest, EndsAStalledReaderInOrderWhenItReadsAgain) {
  write(std::size_t{1} << 20);
  sink->close(CloseReason::over);
  std::string all;
  EXPECT_TRUE(run_until([&] {
    all += read();
    return is_at_end;
  }));
  EXPECT_TRUE(all.ends_with("x\r\n0\r\n\r\n"));
}

TEST_F(SocketSinkTest, WritesNothingMoreBeforeItIsFlushed) {
  flushes = false;
  EXPECT_FALSE(write(std::size_t{4} << 20));
  EXPECT_TRUE(run_until([&] {
    read();
    return writable == 1;
  }));
  while (!read().empty()) {
  }
  io.run_for(milliseconds(20));
  EXPECT_EQ(read(), "");
  EXPECT_EQ(writable, 1) << "told once";
  sink->flush();
  EXPECT_TRUE(run_until([&] { return !read().empty(); }));
}

TEST_F(SocketSinkTest, EndsInOrderAReaderThatWaitsForItsTurn) {
  flushes = false;
  write(std::size_t{1} << 20);
  std::string all;
  EXPECT_TRUE(run_until([&] {
    all += read();
    return writable == 1;
  }));
  sink->close(CloseReason::over);
  EXPECT_TRUE(run_until([&] {
    all += read();
    return is_at_end;
  }));
  EXPECT_TRUE(all.ends_with("x\r\n0\r\n\r\n"));
  EXPECT_EQ(writable, 1);
}

TEST_F(SocketSinkTest, NoticesThatTheClientHasLeft) {
  write(3);
  client.close();
  EXPECT_TRUE(run_until([&] { return closed.has_value(); }));
  EXPECT_EQ(closed, CloseReason::left);
}

TEST_F(SocketSinkTest, CutsAClientThatKeepsSending) {
  write(3);
  const std::string request(4096, 'x');
  client.write_some(boost::asio::buffer(request));
  EXPECT_FALSE(run_until([&] { return io.poll() == 0; }) && closed) << "a little is taken in";
  for (int i = 0; i < 4; ++i) client.write_some(boost::asio::buffer(request));
  EXPECT_TRUE(run_until([&] { return closed.has_value(); }));
  EXPECT_EQ(closed, CloseReason::talking);
}

TEST_F(SocketSinkTest, NoticesAReaderThatVanished) {
  write(3);
  read();
  vanish();
  const auto seen = sink->last_seen();
  EXPECT_TRUE(write(3));
  const auto begun = steady_clock::now();
  EXPECT_TRUE(run_until([&] {
    sink->look(steady_clock::now(), milliseconds(500));
    return closed.has_value();
  }));
  EXPECT_EQ(closed, CloseReason::vanished);
  EXPECT_GE(steady_clock::now() - begun, milliseconds(500));
  EXPECT_LE(sink->last_seen(), seen + milliseconds(200)) << "not when it was written to";
}

TEST_F(SocketSinkTest, KeepsAReaderThatStallsButIsThere) {
  write(std::size_t{1} << 20);
  const auto until = steady_clock::now() + milliseconds(1500);
  while (!closed && steady_clock::now() < until) {
    sink->look(steady_clock::now(), milliseconds(700));
    io.run_for(milliseconds(20));
  }
  EXPECT_FALSE(closed) << "its machine acknowledges the probes";
}

}  // namespace
}  // namespace taskwire::edge
