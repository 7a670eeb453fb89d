#include "net/engine_client.h"

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace taskwire::edge {
namespace {

using namespace std::chrono_literals;

/// A name server (RFC 1035) that knows one address, whatever the name.
class NameServer {
 public:
  explicit NameServer(std::uint32_t address) : address_(address) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(own);
    EXPECT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&own), size), 0);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&own), &size);
    port_ = ntohs(own.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~NameServer() {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  [[nodiscard]] int port() const { return port_; }
  /// 0: the name has no address.
  void move_to(std::uint32_t address) { address_ = address; }

 private:
  void serve() {
    std::array<char, 512> bytes;
    for (;;) {
      sockaddr_in client{};
      socklen_t size = sizeof(client);
      const auto got = recvfrom(socket_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&client), &size);
      if (got < 12) return;
      const auto answer = reply(std::string(bytes.data(), static_cast<std::size_t>(got)));
      sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&client), size);
    }
  }

  /// The answer to `query`, which has one question: header, that question, and the address where it is asked for one.
  [[nodiscard]] std::string reply(const std::string& query) const {
    constexpr std::size_t kHeader = 12;
    const auto name_end = query.find('\0', kHeader);
    const auto question = query.substr(kHeader, name_end + 5 - kHeader);
    const bool is_for_address = query[name_end + 2] == 1;  // type A
    const auto address = address_.load();
    const char failure = address == 0 ? 3 : 0;  // no such name
    const char answers = is_for_address && address != 0 ? 1 : 0;
    std::string text =
        query.substr(0, 2) + std::string{'\x81', static_cast<char>('\x80' | failure), 0, 1, 0, answers, 0, 0, 0, 0};
    text += question;
    if (answers == 0) return text;
    text +=
        std::string{'\xC0', '\x0C', 0, 1, 0, 1, 0, 0, 0, 0, 0, 4};  // the name of the question, A, IN, not to be kept
    const auto order = htonl(address);
    return text.append(reinterpret_cast<const char*>(&order), sizeof(order));
  }

  int socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int port_ = 0;
  std::atomic<std::uint32_t> address_;
  std::thread thread_;
};

/// What listens where an engine would.
std::unique_ptr<grpc::Server> listen(const std::string& host, int& port) {
  static v1::TaskService::Service service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(host + ":" + std::to_string(port), grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  return builder.BuildAndStart();
}

bool is_connected_within(grpc::Channel& channel, std::chrono::milliseconds time) {
  return channel.WaitForConnected(std::chrono::system_clock::now() + time);
}

class EngineChannelTest : public testing::Test {
 protected:
  static constexpr std::uint32_t kFirst = 0x7F000001;   // 127.0.0.1
  static constexpr std::uint32_t kSecond = 0x7F000002;  // 127.0.0.2

  EngineChannelTest() : engine(listen("127.0.0.1", port)) {
    channel =
        make_engine_channel("dns://127.0.0.1:" + std::to_string(names.port()) + "/engine.test:" + std::to_string(port));
  }

  NameServer names{kFirst};
  int port = 0;
  std::unique_ptr<grpc::Server> engine;
  std::shared_ptr<grpc::Channel> channel;
};

TEST_F(EngineChannelTest, FindsAnEngineThatComesBackUnderAnotherAddress) {
  ASSERT_TRUE(is_connected_within(*channel, 10s));
  engine->Shutdown(std::chrono::system_clock::now());
  engine.reset();
  ASSERT_TRUE(channel->WaitForStateChange(GRPC_CHANNEL_READY, std::chrono::system_clock::now() + 10s));
  EXPECT_FALSE(is_connected_within(*channel, 500ms)) << "it is asked for where it was";
  names.move_to(kSecond);
  engine = listen("127.0.0.2", port);
  ASSERT_TRUE(engine);
  EXPECT_TRUE(is_connected_within(*channel, 5s));
}

TEST_F(EngineChannelTest, FindsAnEngineWhoseNameWasGoneForAWhile) {
  ASSERT_TRUE(is_connected_within(*channel, 10s));
  names.move_to(0);
  engine->Shutdown(std::chrono::system_clock::now());
  engine.reset();
  ASSERT_TRUE(channel->WaitForStateChange(GRPC_CHANNEL_READY, std::chrono::system_clock::now() + 10s));
  // Its own pauses between two questions grow to two minutes; seven seconds make them longer than the time below.
  const auto away_until = std::chrono::steady_clock::now() + 7s;
  while (std::chrono::steady_clock::now() < away_until) {
    look_again(*channel);
    EXPECT_FALSE(is_connected_within(*channel, 500ms));
  }
  names.move_to(kSecond);
  engine = listen("127.0.0.2", port);
  const auto deadline = std::chrono::steady_clock::now() + 5s;
  bool is_found = false;
  while (!is_found && std::chrono::steady_clock::now() < deadline) {
    look_again(*channel);
    is_found = is_connected_within(*channel, 500ms);
  }
  EXPECT_TRUE(is_found);
}

}  // namespace
}  // namespace taskwire::edge
