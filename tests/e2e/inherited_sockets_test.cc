#include <csignal>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

/// A listening socket that programs get as systemd would hand it to them.
class InheritedSocketTest : public testing::Test {
 protected:
  explicit InheritedSocketTest(in_addr_t address = INADDR_LOOPBACK) : port(listen_at(socket_, 0, address)) {}
  ~InheritedSocketTest() override { close(socket_); }

  std::vector<std::string> with_socket(const std::string& pid = "$$", const std::string& more = "") const {
    return {"/bin/bash",
            "-c",
            "LISTEN_PID=" + pid + " LISTEN_FDS=1 exec \"$@\" 3<&" + std::to_string(socket_) + more,
            "edge",
            program_path("taskwire-edge"),
            "--engine",
            engine.address(),
            "--shards",
            "2",
            "--drain",
            "5s"};
  }

 private:
  const int socket_ = socket(AF_INET, SOCK_STREAM, 0);

 protected:
  const std::uint16_t port;
  TemporaryFolder data;
  Service engine{"taskwire-engine", {"--data-dir", data.path() / "data"}};
};

class InheritedPublicSocketTest : public InheritedSocketTest {
 protected:
  InheritedPublicSocketTest() : InheritedSocketTest(INADDR_ANY) {}
};

TEST_F(InheritedSocketTest, GoesFromOneEdgeToTheNextWithoutALostConnect) {
  Process first(with_socket());
  ASSERT_TRUE(first.wait_for_line("listening on 127.0.0.1:" + std::to_string(port))) << first.output();
  ASSERT_TRUE(eventually([&] { return get(port, "/readyz").status == 200; }));
  Stream stream(port, "/stream/news");
  ASSERT_TRUE(stream.wait_for_id());
  Process second(with_socket());
  ASSERT_TRUE(second.wait_for_line("upstream: live")) << second.output();
  first.signal(SIGTERM);
  int requests = 0;
  for (; !first.wait(Clock::now()); ++requests) ASSERT_EQ(get(port, "/healthz").status, 200) << requests;
  EXPECT_EQ(*first.wait(), 0);
  EXPECT_GT(requests, 0);
  EXPECT_TRUE(stream.wait_for_end());
  ASSERT_EQ(post(port, "/publish/news", 1).status, 202);
  Stream again(port, "/stream/news", stream.last_event_id());
  EXPECT_EQ(again.next()->data, "1");
}

TEST_F(InheritedSocketTest, AnswersWhoWasAcceptedLastWhereNoStreamIsOpen) {
  Process edge(with_socket());
  ASSERT_TRUE(edge.wait_for_line("listening on")) << edge.output();
  Socket last(port);
  last.send("GET /healthz HTTP/1.1\r\n");
  ASSERT_EQ(get(port, "/healthz").status, 200) << "who came after it was accepted";
  edge.signal(SIGTERM);
  last.send("Host: localhost\r\n\r\n");
  EXPECT_EQ(HttpReader(last).read_head().status, 200);
  EXPECT_EQ(edge.wait(), 0);
}

TEST_F(InheritedSocketTest, WaitsWhereNobodyTakesConnectionsForAWhile) {
  Process first(with_socket());
  ASSERT_TRUE(first.wait_for_line("listening on")) << first.output();
  first.signal(SIGTERM);
  EXPECT_EQ(first.wait(), 0);
  Socket waiting(port);
  waiting.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  Process second(with_socket());
  EXPECT_EQ(HttpReader(waiting).read_head().status, 200) << second.output();
}

TEST_F(InheritedSocketTest, IsForTheProcessThatIsMeant) {
  auto arguments = with_socket("1");
  arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
  Process edge(std::move(arguments));
  const auto line = edge.wait_for_line("listening on 127.0.0.1:");
  ASSERT_TRUE(line) << edge.output();
  EXPECT_EQ(line->find(":" + std::to_string(port)), std::string::npos) << *line;
}

TEST_F(InheritedSocketTest, IsRefusedWhereItIsNone) {
  const auto ran = run(with_socket("$$", " 3</dev/null"));
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.output.find("descriptor 3, which LISTEN_FDS hands over, is no listening TCP socket"), std::string::npos)
      << ran.output;
}

TEST_F(InheritedPublicSocketTest, IsRefusedWhereOtherMachinesReachIt) {
  const auto refused = run(with_socket());
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.output.find("--insecure-no-auth"), std::string::npos) << refused.output;
  auto allowed = with_socket();
  allowed.emplace_back("--insecure-no-auth");
  Process edge(std::move(allowed));
  EXPECT_TRUE(edge.wait_for_line("listening on 0.0.0.0:" + std::to_string(port))) << edge.output();
}

}  // namespace
}  // namespace taskwire::test
