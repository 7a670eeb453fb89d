#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "hub/events.h"
#include "net/shard.h"
#include "net/sse_stream.h"
#include "resume/sse_parser.h"
#include "support/deadline.h"

namespace taskwire::edge {

/// Reads one event stream on a thread of its own, or does not.
class Client {
 public:
  using Tcp = boost::asio::ip::tcp;

  Client() = default;
  ~Client() {
    boost::system::error_code ignored;
    socket.shutdown(Tcp::socket::shutdown_both, ignored);
    if (thread_.joinable()) thread_.join();
  }

  void read() {
    thread_ = std::thread([this] {
      SseParser parser([this](const SseEvent& event) {
        messages += event.type == "message" ? 1 : 0;
        gaps += event.type == "skipped" || event.type == "reset" ? 1 : 0;
      });
      std::string bytes(1 << 16, '\0');
      boost::system::error_code error;
      while (!error) {
        const auto got = socket.read_some(boost::asio::buffer(bytes), error);
        parser.feed(std::string_view(bytes).substr(0, got));
      }
      has_ended = true;
    });
  }

  boost::asio::io_context io;
  Tcp::socket socket{io};
  std::atomic<int> messages = 0, gaps = 0;
  std::atomic<bool> has_ended = false;

 private:
  std::thread thread_;
};

/// A shard whose engine nobody asks, and streams of its hub, which begins after e-0.
class ShardWithStreams : public testing::Test {
 protected:
  ~ShardWithStreams() override {
    if (shard) shard->stop();
    engine.shutdown();
  }

  void start() {
    shard = std::make_unique<Shard>(config, pages, engine);
    shard->hub().start({"e", 0});
    shard->run();
  }
  /// Does `what` on the shard's thread, and waits for it.
  template <class What>
  auto on_shard(What what) {
    std::promise<decltype(what())> answer;
    boost::asio::post(shard->io(), [&] { answer.set_value(what()); });
    return answer.get_future().get();
  }
  /// Opens a stream of channels/x after e-0.
  std::unique_ptr<Client> open(int receive_buffer = 0) {
    auto client = std::make_unique<Client>();
    Client::Tcp::acceptor acceptor(client->io, {boost::asio::ip::address_v4::loopback(), 0});
    client->socket.open(Client::Tcp::v4());
    if (receive_buffer > 0) client->socket.set_option(boost::asio::socket_base::receive_buffer_size(receive_buffer));
    client->socket.connect(acceptor.local_endpoint());
    auto socket = acceptor.accept(shard->io());
    StreamRequest request;
    request.topics = {"channels/x"};
    request.start = {StreamStart::From::cursor, "e-0"};
    request.is_http_1_0 = true;  // without chunks
    on_shard([&] {
      std::make_shared<SseStream>(*shard, std::move(socket), admission.enter(boost::asio::ip::address()), request, true)
          ->start("");
      return true;
    });
    return client;
  }
  static UpdatePtr update(Sequence from, Sequence to, const std::string& data = "x") {
    auto made = std::make_shared<Update>();
    for (Sequence s = from; s <= to; ++s)
      made->events.push_back(make_event(published("e", s, "channels/x", data), WithId::yes));
    made->through = to;
    return made;
  }

  Config config;
  EngineChannel channel{"127.0.0.1:1"};
  EngineClient engine{channel, 256};
  Pages pages{engine};
  Admission admission{{1000}};
  std::unique_ptr<Shard> shard;
};

}  // namespace taskwire::edge
