#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <time.h>

#include "engine/support/captured_log.h"
#include "gate/gate_fixture.h"

namespace taskwire::gate {
namespace {

using namespace test::http2;
using test::Socket;
using test::within;

/// The processor time of this process.
std::chrono::nanoseconds used_time() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

TEST_F(GateTest, CarriesBytesBothWays) {
  open({});
  Socket client(port());
  const auto up = greeting() + begin(1) + last_message(1, std::string(5000, 'x'));
  client.send(up);
  const auto behind = next();
  ASSERT_TRUE(behind);
  EXPECT_EQ(behind->read(up.size()), up);
  const auto down = frame(settings, 0, 0) + frame(data, 0, 1, "answer");
  behind->write(down);
  std::string got;
  while (got.size() < down.size()) got += client.receive(65536, within()).value_or("?");
  EXPECT_EQ(got, down);
}

TEST_F(GateTest, SaysNothingOfAClientThatOnlySaysHello) {
  const engine::CapturedLog log;
  open({});
  Socket client(port());
  client.send(greeting());
  EXPECT_TRUE(next());
  gate->stop(std::chrono::milliseconds(0));
  EXPECT_EQ(log.text(), "");
}

TEST_F(GateTest, KeepsOrderWhenASideIsSlow) {
  open({});
  Socket client(port());
  client.send(greeting() + begin(1));
  const auto behind = next();
  ASSERT_TRUE(behind);
  behind->read(greeting().size() + begin(1).size());
  std::string down;
  for (int i = 0; i < 1000; ++i) down += frame(data, 0, 1, std::string(16000, static_cast<char>('a' + i % 26)));
  std::thread writer([&] { behind->write(down); });
  std::string got;
  while (got.size() < down.size()) {
    const auto some = client.receive(1 << 20, within());
    if (!some || some->empty()) break;
    got += *some;
  }
  writer.join();
  EXPECT_TRUE(got == down);
  const std::string up = frame(data, 0, 1, std::string(16000, 'x'));
  std::string all;
  for (int i = 0; i < 1000; ++i) all += up;
  std::thread sender([&] { client.send(all); });
  EXPECT_TRUE(behind->read(all.size()) == all);
  sender.join();
}

TEST_F(GateTest, EndsAConnectionWithItsClient) {
  open({});
  Socket client(port());
  client.send(greeting());
  const auto behind = next();
  ASSERT_TRUE(behind);
  client.close();
  EXPECT_TRUE(behind->ends());
}

TEST_F(GateTest, EndsAConnectionWithGrpcAfterWhatItSaid) {
  open({});
  Socket client(port());
  client.send(greeting());
  auto behind = next();
  ASSERT_TRUE(behind);
  behind->read(greeting().size());
  behind->write("the end");
  behind.reset();
  EXPECT_EQ(rest(client), "the end");
}

TEST_F(GateTest, RestsWhileAClientThatHasSaidAllWaitsForItsAnswer) {
  open({});
  Socket client(port());
  const auto up = greeting() + begin(1) + last_message(1);
  client.send(up);
  const auto behind = next();
  ASSERT_TRUE(behind);
  client.end_sending();
  EXPECT_EQ(behind->read(up.size()), up);
  const auto used = used_time();
  EXPECT_EQ(client.receive(1, test::Clock::now() + std::chrono::milliseconds(500)), std::nullopt);
  EXPECT_LT(used_time() - used, std::chrono::milliseconds(100));
  behind->write("answer");
  EXPECT_EQ(client.receive(6, within()), "answer");
}

TEST_F(GateTest, TellsAClientThatGoesOnSpeakingWhatGrpcSaidLast) {
  open({});
  Socket client(port());
  client.send(greeting() + begin(1));
  auto behind = next();
  ASSERT_TRUE(behind);
  behind->read(greeting().size() + begin(1).size());
  std::string last;
  for (int i = 0; i < 200; ++i) last += frame(data, 0, 1, std::string(16000, static_cast<char>('a' + i % 26)));
  std::thread writer([&] {
    behind->write(last);
    behind.reset();
  });
  // More than gRPC takes, so that it is not read when gRPC has gone.
  std::thread speaker([&] { client.send_in_time(frame(data, 0, 1, std::string(500'000, 'x')), within()); });
  speaker.join();
  std::string got;
  while (const auto some = client.receive(65536, within())) {
    if (some->empty()) break;
    got += *some;
    client.send_in_time(frame(ping, 0, 0, "12345678"), test::Clock::now());
  }
  writer.join();
  EXPECT_EQ(got.size(), last.size());
  EXPECT_TRUE(got == last);
}

TEST_F(GateTest, LeavesAClientAloneThatDoesNotEndAfterGrpcDid) {
  open({});
  Socket client(port());
  client.send(greeting());
  auto behind = next();
  ASSERT_TRUE(behind);
  behind.reset();
  EXPECT_EQ(rest(client), "");
  EXPECT_TRUE(test::eventually([&] {
    client.send_in_time("x", test::Clock::now());
    return !client.is_open();
  }));
}

TEST_F(GateTest, RestsWhileTheSystemGivesNoDescriptor) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "without descriptors the thread sanitizer cannot tell whose code it looks at";
#endif
  open({});
  const engine::Fd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const engine::Fd next_number(dup(client.get()));
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none{static_cast<rlim_t>(next_number.get()), before.rlim_max};  // every lower number is taken
  spdlog::warn("{} {}", "the sanitizer looks at the type of what logs once,", "and needs descriptors for it");
  setrlimit(RLIMIT_NOFILE, &none);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const auto used = used_time();
  pollfd nothing{client.get(), POLLIN, 0};
  EXPECT_EQ(poll(&nothing, 1, 500), 0);
  EXPECT_LT(used_time() - used, std::chrono::milliseconds(100));
  setrlimit(RLIMIT_NOFILE, &before);
  const auto hello = greeting();
  EXPECT_EQ(send(client.get(), hello.data(), hello.size(), MSG_NOSIGNAL), static_cast<ssize_t>(hello.size()));
  EXPECT_TRUE(next()) << "it is accepted when there is a descriptor again";
}

TEST_F(GateTest, SaysWhyItClosesAConnection) {
  open({.limits = {.resets = 2, .resets_per_second = 0}});
  Socket client(port());
  client.send(greeting());
  const auto behind = next();
  ASSERT_TRUE(behind);
  for (std::uint32_t stream = 1; stream < 8; stream += 2) client.send(begin(stream) + reset(stream));
  EXPECT_NE(rest(client).find("TOO_MANY_RESETS: "), std::string::npos);
  EXPECT_TRUE(behind->ends());
}

TEST_F(GateTest, SpeaksAsAServerWhereGrpcHasSaidNothing) {
  open({.limits = {.resets = 2, .resets_per_second = 0}});
  Socket client(port());
  std::string all = greeting();
  for (std::uint32_t stream = 1; stream < 8; stream += 2) all += begin(stream) + reset(stream);
  client.send(all);
  const auto last_words = rest(client);
  EXPECT_TRUE(last_words.starts_with(frame(settings, 0, 0))) << "RFC 9113, 3.4";
  EXPECT_NE(last_words.find("TOO_MANY_RESETS: "), std::string::npos);
}

TEST_F(GateTest, ClosesWhatIsNoHttp2) {
  open({});
  Socket client(port());
  client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(rest(client), "");
}

TEST_F(GateTest, ClosesWhoIsSilent) {
  open({.patience = std::chrono::milliseconds(200)});
  Socket silent(port());
  Socket half(port());
  half.send(greeting().substr(0, 30));
  Socket talking(port());
  talking.send(greeting());
  EXPECT_EQ(rest(silent), "");
  EXPECT_EQ(rest(half), "");
  EXPECT_EQ(talking.receive(1, test::Clock::now()), std::nullopt);
}

TEST_F(GateTest, RefusesAConnectionTooManyAndTakesOthersAfterwards) {
  open({.limits = {.connections = 2}});
  Socket first(port());
  Socket second(port());
  for (auto* const each : {&first, &second}) each->send(greeting() + begin(1));
  auto behind_first = next();
  auto behind_second = next();
  for (const auto* const each : {&behind_first, &behind_second})
    ASSERT_EQ((*each)->read(greeting().size()), greeting());
  behind_first->read(begin(1).size());
  behind_second->read(begin(1).size());
  Socket third(port());
  EXPECT_NE(rest(third).find("TOO_MANY_CONNECTIONS: "), std::string::npos);
  first.close();
  EXPECT_TRUE(behind_first->ends());
  behind_first.reset();
  EXPECT_TRUE(test::eventually([&] { return is_taken_in(); }));
}

TEST_F(GateTest, ClosesWhoHasSaidNothingYetToMakeRoom) {
  open({.limits = {.connections = 2}});
  Socket talking(port());
  talking.send(greeting());
  const auto behind = next();
  ASSERT_EQ(behind->read(greeting().size()), greeting());
  Socket silent(port());
  Socket third(port());
  EXPECT_EQ(rest(silent), "");
  third.send(greeting());
  EXPECT_TRUE(next()) << "the silent one costs gRPC nothing, and makes room";
}

TEST_F(GateTest, ClosesWhoBeginsCallsAndNeverAsksToMakeRoom) {
  open({.limits = {.connections = 2}, .patience = std::chrono::milliseconds(100)});
  Socket asking(port());
  asking.send(greeting() + begin(1) + last_message(1));
  Socket half(port());
  half.send(greeting() + begin(1));
  const auto behind_asking = next();
  const auto behind_half = next();
  ASSERT_TRUE(behind_asking && behind_half);
  EXPECT_TRUE(test::eventually([&] { return is_taken_in(); }));
  EXPECT_NE(rest(half).find("TOO_MANY_CONNECTIONS: "), std::string::npos);
  EXPECT_EQ(asking.receive(1, test::Clock::now()), std::nullopt);
}

TEST_F(GateTest, ClosesWhoHasNoCallsAndWasSilentLongestToMakeRoom) {
  open({.limits = {.connections = 3}, .patience = std::chrono::milliseconds(100)});
  Socket idle(port());
  Socket busy(port());
  Socket late(port());
  std::vector<std::unique_ptr<Behind>> behind;
  for (auto* const each : {&idle, &busy, &late}) {
    each->send(greeting() + (each == &busy ? begin(1) : ""));
    behind.push_back(next());
    ASSERT_TRUE(behind.back());
  }
  busy.send(last_message(1));
  late.send(frame(ping, 0, 0, "12345678"));
  for (std::size_t i = 0; i < 3; ++i) {
    const auto bytes = greeting().size() + (i == 1 ? begin(1).size() + last_message(1).size() : i == 2 ? 17 : 0);
    ASSERT_EQ(behind[i]->read(bytes).size(), bytes) << i;
  }
  EXPECT_TRUE(test::eventually([&] {
    late.send(frame(ping, 0, 0, "12345678"));
    Socket fourth(port());
    const auto end = idle.receive(1, test::Clock::now() + std::chrono::milliseconds(20));
    return end.has_value();
  }));
  EXPECT_EQ(busy.receive(1, test::Clock::now()), std::nullopt);
}

TEST_F(GateTest, LeavesDescriptorsToOthers) {
  const engine::Fd probe(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  open({.descriptors = static_cast<std::size_t>(probe.get()) + 30});
  EXPECT_LT(gate->most_connections(), 10U);
  std::vector<Socket> clients;
  bool is_refused = false;
  while (clients.size() < 20 && !is_refused) {
    clients.emplace_back(port());
    auto& client = clients.back();
    client.send(greeting() + begin(1));
    const auto count = clients.size();
    EXPECT_TRUE(test::eventually([&] {
      is_refused = client.receive(1, test::Clock::now()).has_value();
      const std::lock_guard lock(mutex);
      return is_refused || taken.size() == count;
    }));
  }
  EXPECT_TRUE(is_refused);
  clients.clear();
  EXPECT_TRUE(test::eventually([&] {
    {
      const std::lock_guard lock(mutex);
      taken.clear();
    }
    return is_taken_in();
  }));
}

TEST_F(GateTest, StopsListeningAndKeepsItsConnections) {
  open({});
  Socket client(port());
  client.send(greeting());
  const auto behind = next();
  ASSERT_TRUE(behind);
  gate->stop_listening();
  EXPECT_TRUE(test::eventually([&] {
    const engine::Fd other(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect(other.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0;
  }));
  EXPECT_EQ(behind->read(greeting().size()), greeting());
}

}  // namespace
}  // namespace taskwire::gate
