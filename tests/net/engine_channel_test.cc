#include "net/engine_channel.h"

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

bool is_connected_within(const EngineChannel& channel, std::chrono::milliseconds time) {
  return channel.now()->channel->WaitForConnected(std::chrono::system_clock::now() + time);
}

/// Whether the engine is found in that time by one who looks again and again.
bool is_found_within(EngineChannel& channel, std::chrono::milliseconds time) {
  const auto deadline = std::chrono::steady_clock::now() + time;
  bool is_found = false;
  while (!is_found && std::chrono::steady_clock::now() < deadline) {
    channel.look_again();
    is_found = is_connected_within(channel, 500ms);
  }
  return is_found;
}

class EngineChannelTest : public testing::Test {
 protected:
  static constexpr std::uint32_t kFirst = 0x7F000001;   // 127.0.0.1
  static constexpr std::uint32_t kSecond = 0x7F000002;  // 127.0.0.2

  EngineChannelTest() : engine(listen("127.0.0.1", port)) {}

  void stop_engine() {
    const auto used = channel.now();
    engine->Shutdown(std::chrono::system_clock::now());
    engine.reset();
    ASSERT_TRUE(used->channel->WaitForStateChange(GRPC_CHANNEL_READY, std::chrono::system_clock::now() + 10s));
  }

  NameServer names{kFirst};
  int port = 0;
  std::unique_ptr<grpc::Server> engine;
  EngineChannel channel{"dns://127.0.0.1:" + std::to_string(names.port()) + "/engine.test:" + std::to_string(port)};
};

TEST_F(EngineChannelTest, FindsAnEngineThatComesBackUnderAnotherAddress) {
  ASSERT_TRUE(is_connected_within(channel, 10s));
  stop_engine();
  EXPECT_FALSE(is_connected_within(channel, 500ms)) << "it is asked for where it was";
  names.move_to(kSecond);
  engine = listen("127.0.0.2", port);
  ASSERT_TRUE(engine);
  EXPECT_TRUE(is_connected_within(channel, 5s)) << "without looking again";
}

TEST_F(EngineChannelTest, FindsAnEngineWhoseNameWasGoneForAWhile) {
  ASSERT_TRUE(is_connected_within(channel, 10s));
  names.move_to(0);
  stop_engine();
  // gRPC's own pauses between two questions for the name are longer than the time below by then.
  EXPECT_FALSE(is_found_within(channel, 6s));
  names.move_to(kSecond);
  engine = listen("127.0.0.2", port);
  ASSERT_TRUE(engine);
  EXPECT_TRUE(is_found_within(channel, 3s));
}

TEST_F(EngineChannelTest, KeepsTheWayThatLeadsThere) {
  ASSERT_TRUE(is_connected_within(channel, 10s));
  const auto way = channel.now();
  EXPECT_FALSE(way->channel->WaitForStateChange(GRPC_CHANNEL_READY, std::chrono::system_clock::now() + 2500ms));
  channel.look_again();
  EXPECT_EQ(channel.now(), way);
}

}  // namespace
}  // namespace taskwire::edge
