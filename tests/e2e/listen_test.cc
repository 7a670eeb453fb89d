#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

/// A socket that listens on [::1], or 0 where this machine has no such address.
class SixListener {
 public:
  explicit SixListener(std::uint16_t port = 0) {
    address_.sin6_family = AF_INET6;
    address_.sin6_addr = in6addr_loopback;
    address_.sin6_port = htons(port);
    socklen_t size = sizeof(address_);
    is_there_ = bind(socket_, reinterpret_cast<const sockaddr*>(&address_), size) == 0 && listen(socket_, 1) == 0;
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address_), &size);
  }
  ~SixListener() { close(socket_); }
  SixListener(const SixListener&) = delete;
  SixListener& operator=(const SixListener&) = delete;

  [[nodiscard]] bool is_there() const { return is_there_; }
  [[nodiscard]] std::uint16_t port() const { return ntohs(address_.sin6_port); }

 private:
  int socket_ = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 address_{};
  bool is_there_ = false;
};

/// Whether something takes connections at [::1].
bool answers_on_six(int port) {
  const int client = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  address.sin6_port = htons(static_cast<std::uint16_t>(port));
  const bool is_connected = connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(client);
  return is_connected;
}

int port_of(const std::optional<std::string>& line) {
  return line ? std::stoi(line->substr(line->rfind(':') + 1)) : 0;
}

class ListenTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!SixListener().is_there()) GTEST_SKIP() << "this machine has no [::1]";
  }
};

TEST_F(ListenTest, OnEveryFamilyThatTheNameHas) {
  Process edge({program_path("taskwire-edge"), "--listen", "localhost:0", "--engine", "127.0.0.1:1", "--shards", "2"});
  const int port = port_of(edge.wait_for_line("listening on 127.0.0.1:"));
  EXPECT_EQ(port_of(edge.wait_for_line("listening on [::1]:")), port) << edge.output();
  EXPECT_EQ(get(static_cast<std::uint16_t>(port), "/healthz").status, 200);
  EXPECT_TRUE(answers_on_six(port));
  Process second({program_path("taskwire-edge"), "--listen", "[::1]:" + std::to_string(port)});
  EXPECT_EQ(second.wait(), 1) << "the port is in use there too";
  EXPECT_NE(second.output().find("[::1]:" + std::to_string(port)), std::string::npos) << second.output();
}

TEST_F(ListenTest, OnlyWhereItIsTold) {
  Process edge({program_path("taskwire-edge"), "--listen", "127.0.0.1:0", "--engine", "127.0.0.1:1"});
  EXPECT_FALSE(answers_on_six(port_of(edge.wait_for_line("listening on 127.0.0.1:"))));
}

TEST_F(ListenTest, NotWhereAnotherProgramHasOneOfTheAddresses) {
  const SixListener other;
  Process edge({program_path("taskwire-edge"), "--listen", "localhost:" + std::to_string(other.port())});
  EXPECT_EQ(edge.wait(), 1) << edge.output();
  EXPECT_NE(edge.output().find("[::1]:" + std::to_string(other.port())), std::string::npos) << edge.output();
}

TEST(Edge, TellsThatItCannotReachItsEngine) {
  Process edge({program_path("taskwire-edge"), "--listen", "127.0.0.1:0", "--engine", "127.0.0.1:1"});
  EXPECT_TRUE(edge.wait_for_line("cannot reach the engine at 127.0.0.1:1 (")) << edge.output();
}

}  // namespace
}  // namespace taskwire::test
