// Who has no credit for calls stands in line.
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "gate/gate_fixture.h"

namespace taskwire::gate {
namespace {

using namespace test::http2;
using test::Socket;
using GateLineTest = GateTest;

TEST_F(GateLineTest, HoldsUpWhoFollowsThoseThatLeaveCallsBehindButClosesNobody) {
  open({.limits = {.advances = 10, .advances_per_second = 50}});
  for (int i = 0; i < 3; ++i) {
    Socket bad(port());
    bad.send(greeting());
    for (std::uint32_t stream = 1; stream < 40; stream += 2) bad.send(begin(stream));
    ASSERT_TRUE(next());
  }
  Socket good(port());
  std::string calls;
  for (std::uint32_t stream = 1; stream < 41; stream += 2) calls += begin(stream) + last_message(stream);
  good.send(greeting() + calls);
  const auto behind = next();
  ASSERT_TRUE(behind);
  EXPECT_EQ(behind->read(greeting().size() + calls.size()).size(), greeting().size() + calls.size());
  EXPECT_EQ(good.receive(1, test::Clock::now()), std::nullopt);
}

TEST_F(GateLineTest, EndsAHeldConnectionWithItsClient) {
  open({.limits = {.advances = 0, .advances_per_second = 0}});
  Socket client(port());
  client.send(greeting());
  for (std::uint32_t stream = 1; stream < 40; stream += 2) client.send(begin(stream));
  const auto behind = next();
  ASSERT_TRUE(behind);
  behind->read(greeting().size() + 4 * begin(1).size());
  client.close();
  EXPECT_TRUE(behind->ends());
}

TEST_F(GateLineTest, ClosesWhoseCallsWaitToMakeRoom) {
  open({.limits = {.connections = 2, .advances = 0, .advances_per_second = 0}});
  Socket good(port());
  good.send(greeting() + begin(1));
  const auto behind_good = next();
  ASSERT_TRUE(behind_good);
  Socket bad(port());
  bad.send(greeting());
  for (std::uint32_t stream = 1; stream < 40; stream += 2) bad.send(begin(stream));
  const auto behind_bad = next();
  ASSERT_TRUE(behind_bad);
  behind_bad->read(greeting().size() + 4 * begin(1).size());
  Socket third(port());
  third.send(greeting() + begin(1));
  EXPECT_TRUE(next());
  EXPECT_NE(rest(bad).find("TOO_MANY_CONNECTIONS: "), std::string::npos);
  EXPECT_EQ(good.receive(1, test::Clock::now()), std::nullopt);
}

TEST_F(GateLineTest, ClosesWhoIsSilentBeforeWhoseCallsWait) {
  open({.limits = {.connections = 2, .advances = 0, .advances_per_second = 0}});
  Socket silent(port());
  Socket held(port());
  std::string calls;
  for (std::uint32_t stream = 1; stream < 11; stream += 2) calls += begin(stream);
  held.send(greeting() + calls);
  const auto behind = next();
  ASSERT_TRUE(behind);
  behind->read(greeting().size() + 4 * begin(1).size());
  EXPECT_EQ(silent.receive(1, test::Clock::now() + std::chrono::milliseconds(1100)), std::nullopt);
  Socket third(port());
  EXPECT_EQ(rest(silent), "");
  behind->write(frame(headers, kEndHeaders, 1, "x"));
  EXPECT_EQ(behind->read(begin(1).size()).size(), begin(1).size()) << "it goes on";
}

TEST_F(GateLineTest, GivesNoTurnToWhoGoesOnTalking) {
  open({.limits = {.advances = 1, .advances_per_second = 50}});
  std::string calls;
  for (std::uint32_t stream = 1; stream < 101; stream += 2) calls += begin(stream);
  Socket loud(port());
  loud.send(greeting() + calls);
  const auto behind_loud = next();
  Socket quiet(port());
  quiet.send(greeting() + calls);
  const auto behind_quiet = next();
  ASSERT_TRUE(behind_loud && behind_quiet);
  std::atomic<bool> is_over = false;
  std::thread talking([&] {
    while (!is_over) {
      loud.send(frame(ping, 0, 0, "12345678"));
      loud.receive(1, test::Clock::now() + std::chrono::milliseconds(1));
    }
  });
  const auto some = greeting().size() + 14 * begin(1).size();
  EXPECT_EQ(behind_quiet->read(some).size(), some);
  EXPECT_LE(behind_loud->read_now().size(), some + 4 * begin(1).size());
  is_over = true;
  talking.join();
}

TEST_F(GateLineTest, GoesOnWhenOthersAskLess) {
  open({.limits = {.unanswered = 8}});
  const auto call = [](std::uint32_t stream) { return begin(stream) + last_message(stream); };
  Socket first(port());
  first.send(greeting() + call(1));
  const auto behind_first = next();
  ASSERT_TRUE(behind_first);
  behind_first->read(greeting().size() + call(1).size());
  std::string calls;
  for (std::uint32_t stream = 1; stream < 17; stream += 2) calls += call(stream);
  Socket second(port());
  second.send(greeting() + calls);
  const auto behind = next();
  ASSERT_TRUE(behind);
  const auto seven = greeting().size() + 7 * call(1).size();
  EXPECT_EQ(behind->read(seven).size(), seven);
  behind_first->write(frame(headers, kEndHeaders | kEndStream, 1));
  EXPECT_EQ(behind->read(call(1).size()).size(), call(1).size());
}

TEST_F(GateLineTest, ServesAllOfWhoSaidItAndWaitsForAnswers) {
  open({.limits = {.unanswered = 2}});
  const auto call = [](std::uint32_t stream) { return begin(stream) + last_message(stream); };
  Socket client(port());
  client.send(greeting() + call(1) + call(3) + call(5));
  client.end_sending();
  const auto behind = next();
  ASSERT_TRUE(behind);
  const auto two = greeting().size() + 2 * call(1).size();
  EXPECT_EQ(behind->read(two + begin(5).size()).size(), two + begin(5).size());
  behind->write(frame(headers, kEndHeaders | kEndStream, 1));
  EXPECT_EQ(behind->read(last_message(5).size()).size(), last_message(5).size());
  EXPECT_TRUE(behind->ends());
}

TEST_F(GateLineTest, HoldsNothingBackOfCallsThatHaveBegun) {
  open({.limits = {.advances = 0, .advances_per_second = 0}});
  const std::string first = greeting() + begin(1) + begin(3) + begin(5) + begin(7);
  for (std::size_t size = 100 << 10; size < (600 << 10); size += 1 << 10) {
    Socket client(port());
    std::string up = first;
    while (up.size() < size) up += frame(data, 0, 7, std::string(1000, 'x'));
    std::thread sender([&] { client.send(up + begin(9)); });
    const auto behind = next();
    sender.join();
    ASSERT_TRUE(behind);
    ASSERT_EQ(behind->read(up.size()).size(), up.size()) << size;
  }
}

TEST_F(GateLineTest, BringsToGrpcAtOnceWhoAskedAndOthersOneByOne) {
  open({.limits = {.introductions = 2, .introductions_per_second = 0}});
  Socket hello(port());
  hello.send(greeting());
  const auto behind_hello = next();
  ASSERT_TRUE(behind_hello) << "as gRPC's clients do, it waits for an answer to that";
  Socket begins(port());
  begins.send(greeting() + begin(1));
  Socket asks(port());
  const auto asked = greeting() + begin(1) + last_message(1);
  asks.send(asked);
  const auto behind = next();
  ASSERT_TRUE(behind);
  EXPECT_EQ(behind->read(asked.size()), asked) << "not who came before, and asks nothing";
  begins.send(last_message(1));
  const auto behind_begins = next();
  ASSERT_TRUE(behind_begins);
  EXPECT_EQ(behind_begins->read(asked.size()), asked);
}

TEST_F(GateLineTest, LetsInWithTimeWhoAsksNothing) {
  open({.limits = {.introductions = 2, .introductions_per_second = 20}});
  std::vector<std::unique_ptr<Socket>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::make_unique<Socket>(port()));
    clients.back()->send(greeting() + begin(1));
  }
  for (int i = 0; i < 4; ++i) {
    const auto behind = next();
    ASSERT_TRUE(behind) << i;
    EXPECT_EQ(behind->read(greeting().size() + begin(1).size()), greeting() + begin(1));
  }
}

TEST_F(GateLineTest, ClosesWhoWaitsOutsideWithCallsBegunToMakeRoom) {
  open({.limits = {.connections = 2, .introductions = 1, .introductions_per_second = 0}});
  Socket hello(port());
  hello.send(greeting());
  const auto behind = next();
  ASSERT_TRUE(behind);
  Socket begins(port());
  begins.send(greeting() + begin(1));
  EXPECT_EQ(begins.receive(1, test::Clock::now() + std::chrono::milliseconds(300)), std::nullopt) << "it is read";
  EXPECT_TRUE(test::eventually([&] { return is_taken_in(); }));
  EXPECT_NE(rest(begins).find("TOO_MANY_CONNECTIONS: "), std::string::npos);
  EXPECT_EQ(hello.receive(1, test::Clock::now()), std::nullopt);
}

TEST_F(GateLineTest, EndsWhoWaitsOutsideWithItsClient) {
  open({.limits = {.connections = 1, .introductions = 0, .introductions_per_second = 0}});
  {
    Socket begins(port());
    begins.send(greeting() + begin(1));
    EXPECT_EQ(begins.receive(1, test::Clock::now() + std::chrono::milliseconds(50)), std::nullopt);
  }
  Socket asks(port());
  EXPECT_TRUE(test::eventually([&] {
    Socket client(port());
    client.send(greeting() + begin(1) + last_message(1));
    return client.receive(1, test::Clock::now() + std::chrono::milliseconds(50)) == std::nullopt;
  }));
}

}  // namespace
}  // namespace taskwire::gate
