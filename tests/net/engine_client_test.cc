#include "net/engine_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include "support/deadline.h"

namespace taskwire::edge {
namespace {

using Tcp = boost::asio::ip::tcp;

TEST(EngineClient, BoundsTheBytesThatWaitForTheEngine) {
  boost::asio::io_context io;
  const Tcp::acceptor silent(io, {boost::asio::ip::address_v4::loopback(), 0});
  EngineChannel channel("127.0.0.1:" + std::to_string(silent.local_endpoint().port()));
  EngineClient client(channel, 256);
  v1::GetTaskRequest request;
  request.set_user_id(std::string(EngineClient::kMostBytes / 2, 'x'));
  std::vector<Reason> answers;
  const auto ask = [&] {
    client.get_task(request, io.get_executor(), [&](const Result<v1::GetTaskResponse>& answer) {
      answers.push_back(answer ? Reason::internal : answer.error().reason);
    });
  };
  ask();
  ask();
  EXPECT_TRUE(test::eventually([&] {
    io.restart();
    io.poll();
    return !answers.empty();
  }));
  EXPECT_EQ(answers, std::vector{Reason::too_many_calls});
  client.shutdown();
  io.restart();
  io.poll();
  EXPECT_EQ(answers.size(), 2U);
  ask();
  io.restart();
  io.poll();
  EXPECT_EQ(answers.back(), Reason::shutting_down) << "nothing is counted any more";
}

}  // namespace
}  // namespace taskwire::edge
