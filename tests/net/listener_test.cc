#include "net/listener.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <vector>

#include "support/deadline.h"

namespace taskwire::edge {
namespace {

using Tcp = boost::asio::ip::tcp;

TEST(Listener, CountsWhoWaitsToBeAccepted) {
  boost::asio::io_context io;
  Tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), 0});
  const auto waiting = [&] { return waiting_connections(acceptor.native_handle()); };
  EXPECT_EQ(waiting(), 0U);
  std::vector<Tcp::socket> clients;
  for (int i = 0; i < 3; ++i) clients.emplace_back(io).connect(acceptor.local_endpoint());
  EXPECT_TRUE(test::eventually([&] { return waiting() == 3; }));
  const auto accepted = acceptor.accept();
  EXPECT_EQ(waiting(), 2U);
  EXPECT_EQ(waiting_connections(-1), 0U);
}

}  // namespace
}  // namespace taskwire::edge
