// What clients may hold of an edge, and that it goes on when they want more.
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <thread>

#include "e2e/samples.h"
#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using namespace std::chrono_literals;

std::string with_ulimit(const std::string& program, const std::string& arguments) {
  return "ulimit -n 256 && exec " + program_path(program) + " " + arguments;
}

/// A stream that has a place. A place that another has just left may take a moment to be free.
std::unique_ptr<Stream> opened(std::uint16_t port, const std::string& target) {
  std::unique_ptr<Stream> stream;
  EXPECT_TRUE(eventually([&] {
    stream = std::make_unique<Stream>(port, target);
    return stream->head().header("Connection").empty();
  }));
  return stream;
}

int status_of(Socket& socket, const std::string& target, const std::string& headers = "") {
  socket.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
  HttpReader reader(socket);
  const auto head = reader.read_head();
  reader.read_body(head);
  return head.status;
}

TEST(Limits, AreKeptWithFewDescriptors) {
  TemporaryFolder data;
  const Service engine("taskwire-engine", {"--data-dir", data.path() / "data", "--demo-sources=false"});
  Process edge(
      {"/bin/sh", "-c", with_ulimit("taskwire-edge", "--shards 2 --listen 127.0.0.1:0 --engine " + engine.address())});
  const auto line = edge.wait_for_line("listening on 127.0.0.1:");
  ASSERT_TRUE(line) << edge.output();
  const auto port = static_cast<std::uint16_t>(std::stoi(line->substr(line->rfind(':') + 1)));
  EXPECT_NE(edge.output().find("ulimit -n"), std::string::npos) << "it says that it serves fewer: " << edge.output();
  ASSERT_TRUE(eventually([&] { return get(port, "/readyz").status == 200; }));

  Stream healthy(port, "/stream/news");
  ASSERT_TRUE(healthy.wait_for_id());
  std::vector<std::unique_ptr<Socket>> crowd;
  for (int i = 0; i < 400; ++i) crowd.push_back(std::make_unique<Socket>(port));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(get(port, "/healthz").status, 200) << "whoever has no place is still answered";
  Socket refused(port);
  EXPECT_EQ(status_of(refused, "/api/tasks/alice", "Connection: close\r\n"), 503);
  // The one who has a place goes on.
  const Service other("taskwire-edge", {"--engine", engine.address()});
  ASSERT_TRUE(eventually([&] { return get(other.port(), "/readyz").status == 200; }));
  EXPECT_EQ(post(other.port(), "/publish/news", 1).status, 202);
  EXPECT_TRUE(healthy.next("message"));
  crowd.clear();
  EXPECT_TRUE(eventually([&] { return get(port, "/api/tasks/alice").status == 200; }));
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 50; ++i) {
    streams.push_back(opened(port, "/stream/news"));
    EXPECT_TRUE(streams.back()->wait_for_id()) << i;
  }
}

TEST(Limits, CountConnectionsOfOneAddress) {
  const Services services({}, {"--max-connections-per-address", "5"});
  const auto port = services.edge.port();
  ASSERT_TRUE(eventually([&] { return get(port, "/api/tasks/alice").status == 200; }));
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 5; ++i) streams.push_back(opened(port, "/stream/news"));
  const auto plain = get(port, "/api/tasks/alice");
  EXPECT_EQ(plain.status, 429);
  EXPECT_EQ(plain.json()["reason"], "TOO_MANY_FROM_ADDRESS");
  EXPECT_FALSE(plain.header("Retry-After").empty());
  Stream sixth(port, "/stream/news", "", {{"Accept", "application/json"}});  // and a second line of it
  EXPECT_EQ(sixth.head().status, 200) << "an EventSource has to come back";
  EXPECT_TRUE(sixth.wait_for_end());
  EXPECT_GE(*sixth.retry(), std::chrono::seconds(10));
  EXPECT_EQ(get(port, "/healthz").status, 200);
  streams.clear();
  EXPECT_TRUE(eventually([&] { return get(port, "/api/tasks/alice").status == 200; }));
}

TEST(Limits, CountRequestsOfOneAddress) {
  const Services services({}, {"--max-request-rate-per-address", "1", "--trusted-proxy", "127.0.0.0/8"});
  const auto port = services.edge.port();
  const auto ask = [&](const std::string& whose) {
    return get(port, "/api/tasks/alice", {{"X-Forwarded-For", whose}});
  };
  std::optional<Response> refused;
  for (int i = 0; i < 200 && !refused; ++i) {
    if (auto answer = ask("192.0.2.1"); answer.status == 429) refused = std::move(answer);
  }
  ASSERT_TRUE(refused) << "as many as it likes";
  EXPECT_EQ(refused->json()["reason"], "TOO_MANY_FROM_ADDRESS");
  EXPECT_EQ(refused->header("Retry-After"), "1");
  EXPECT_NE(ask("192.0.2.2").status, 429) << "another, through the same proxy";
  const auto is_sent_away = [&] {
    Stream stream(port, "/stream/news", "", {{"X-Forwarded-For", "192.0.2.1"}});
    EXPECT_EQ(stream.head().status, 200) << "an EventSource has to come back";
    return !stream.head().header("Connection").empty() && stream.wait_for_end() && stream.retry() >= 10s;
  };
  bool is_away = false;
  for (int i = 0; i < 200 && !is_away; ++i) is_away = is_sent_away();
  EXPECT_TRUE(is_away);
  for (int i = 0; i < 30; ++i)
    EXPECT_EQ(get(port, "/healthz", {{"X-Forwarded-For", "192.0.2.1"}}).status, 200) << "a probe is always answered";
  EXPECT_TRUE(eventually([&] { return ask("192.0.2.1").status != 429; }));
  EXPECT_GE(Samples(port)["taskwire_edge_limit_hits_total{limit=\"request_rate_per_address\"}"], 2);
}

TEST(Limits, CountNewStreamsOfOneAddress) {
  const Services services({}, {"--max-stream-rate-per-address", "1"});
  const auto port = services.edge.port();
  const auto is_sent_away = [&] {
    Stream stream(port, "/stream/news");
    EXPECT_EQ(stream.head().status, 200);
    return !stream.head().header("Connection").empty();
  };
  bool is_away = false;
  for (int i = 0; i < 100 && !is_away; ++i) is_away = is_sent_away();
  EXPECT_TRUE(is_away) << "as many as it likes";
  const auto plain = get(port, "/stream/news", {{"Accept", "*/*"}});
  EXPECT_EQ(plain.status, 429);
  EXPECT_EQ(plain.header("Retry-After"), "1");
  EXPECT_EQ(get(port, "/api/tasks/alice").status, 200) << "no stream";
  EXPECT_TRUE(eventually([&] { return !is_sent_away(); }));
}

TEST(Limits, CountStreamsOfOneAddressBehindAProxy) {
  const Services services({}, {"--max-connections-per-address", "1", "--trusted-proxy", "127.0.0.1"});
  const auto port = services.edge.port();
  const auto open = [&](const std::string& whose) {
    return std::make_unique<Stream>(port, "/stream/news", "", Headers{{"X-Forwarded-For", whose}});
  };
  Socket pooled(port);  // a connection of the proxy, which asks for one after the other
  EXPECT_EQ(status_of(pooled, "/api/task-progress/alice/none", "X-Forwarded-For: 192.0.2.1\r\n"), 404);
  auto first = open("192.0.2.1");
  ASSERT_TRUE(first->wait_for_id()) << "a stream that was not opened holds no place";
  EXPECT_TRUE(open("192.0.2.1")->wait_for_end());
  EXPECT_TRUE(open("192.0.2.2")->wait_for_id());
  EXPECT_EQ(get(port, "/api/tasks/alice").status, 200) << "the proxy's own connections are not counted";
  first.reset();
  EXPECT_TRUE(eventually([&] { return open("192.0.2.1")->wait_for_id(); }));
}

TEST(Limits, CountStreamsOfOneUser) {
  const Services services({}, {"--max-connections-per-user", "2"});
  const auto port = services.edge.port();
  std::vector<std::unique_ptr<Stream>> streams;
  streams.push_back(opened(port, "/api/task-progress/alice"));
  streams.push_back(opened(port, "/sse/connect/alice"));
  Stream third(port, "/api/events?topic=tasks/alice&topic=channels/news");
  EXPECT_EQ(third.head().status, 200);
  EXPECT_TRUE(third.wait_for_end());
  EXPECT_GE(*third.retry(), std::chrono::seconds(10));
  const auto plain = get(port, "/api/task-progress/alice");
  EXPECT_EQ(plain.status, 429);
  EXPECT_EQ(plain.json()["reason"], "TOO_MANY_OF_USER");
  Stream another(port, "/api/task-progress/bob");
  EXPECT_TRUE(another.next("synced"));
  streams.clear();
  EXPECT_TRUE(opened(port, "/api/task-progress/alice")->next("synced"));
}

TEST(Limits, LetGoOfACallerOfALongRequestWhoHasGone) {
  Services services;
  const auto folder = "/proc/" + std::to_string(services.edge.process().pid()) + "/fd";
  const auto descriptors = [&] {
    return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
  };
  const auto port = services.edge.port();
  ASSERT_TRUE(eventually([&] { return get(port, "/healthz").status == 200; }));
  const auto before = descriptors();
  std::vector<std::unique_ptr<Socket>> callers;
  for (int i = 0; i < 20; ++i) {
    callers.push_back(std::make_unique<Socket>(port));
    callers.back()->send("POST /sse/task/alice HTTP/1.1\r\nHost: localhost\r\n\r\n");
    if (i % 2 == 0) callers.back()->send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");  // unread meanwhile
  }
  ASSERT_TRUE(eventually([&] { return get(port, "/api/tasks/alice").json()["tasks"].size() == 20; }));
  callers.clear();
  constexpr std::chrono::milliseconds kSoon(4000);  // the tasks take ten seconds
  EXPECT_TRUE(eventually([&] { return descriptors() <= before + 1; }, within(kSoon))) << descriptors() - before;
}

TEST(Limits, BoundWhatRequestsThatWaitForTheirTasksHold) {
  const Services services({}, {"--shards", "1", "--max-header-bytes", "1048576"});
  const auto port = services.edge.port();
  ASSERT_TRUE(eventually([&] { return get(port, "/readyz").status == 200; }));
  Socket small(port);
  small.send("POST /sse/task/bob HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string request =
      "POST /sse/task/alice HTTP/1.1\r\nHost: localhost\r\nCookie: " + std::string(1'000'000, 'c') + "\r\n\r\n";
  std::vector<std::unique_ptr<Socket>> callers;
  for (int i = 0; i < 80; ++i) {  // 80 MB, where 64 MiB may be held
    callers.push_back(std::make_unique<Socket>(port));
    callers.back()->send(request);
  }
  constexpr std::chrono::seconds kBeforeTheTaskEnds(8);
  const auto first = callers.front()->receive(1, within(kBeforeTheTaskEnds));
  EXPECT_TRUE(first && first->empty()) << "the one that has waited longest is cut";
  EXPECT_FALSE(small.receive(1, Clock::now())) << "who holds next to nothing is left alone";
  EXPECT_FALSE(callers.back()->receive(1, Clock::now()));
  EXPECT_EQ(get(port, "/healthz").status, 200);
}

TEST(Limits, AnswerManyWhoAskWhoIsConnectedAtOnce) {
  const Services services({}, {"--shards", "2"});
  const auto port = services.edge.port();
  ASSERT_TRUE(eventually([&] { return get(port, "/readyz").status == 200; }));
  const auto alice = opened(port, "/sse/connect/alice");
  const auto bob = opened(port, "/api/task-progress/bob");
  ASSERT_TRUE(bob->next("synced"));
  std::vector<std::unique_ptr<Socket>> callers;
  for (int i = 0; i < 400; ++i) {
    callers.push_back(std::make_unique<Socket>(port));
    callers.back()->send("GET /api/sessions HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  int told = 0;
  for (auto& caller : callers) {
    HttpReader reader(*caller);
    auto answer = reader.read_head();
    answer.body = reader.read_body(answer);
    if (answer.status == 200) {
      EXPECT_EQ(answer.json()["sessions"].size(), 2U);
      ++told;
    } else {
      EXPECT_EQ(answer.json()["reason"], "TOO_MANY_READS");
      EXPECT_FALSE(answer.header("Retry-After").empty());
    }
  }
  EXPECT_GE(told, 200);
}

TEST(Limits, LetAReaderTakeItsTimeButNoPause) {
  const Services services({}, {"--stall-timeout", "1s"});
  const auto port = services.edge.port();
  for (int i = 0; i < 60; ++i) ASSERT_EQ(post(port, "/publish/news", std::string(60'000, 'x')).status, 202);
  const std::string request =
      "GET /api/events/history?topic=channels/news HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  constexpr int kSmall = 4096;
  Socket slow(port, kSmall);
  slow.send(request);
  std::string taken;
  const auto begin = Clock::now();
  for (int i = 0; taken.size() < 120'000; ++i) {
    const auto some = slow.receive(8000, within());
    ASSERT_TRUE(some && !some->empty()) << "cut after " << taken.size();
    taken += *some;
    while (Clock::now() < begin + i * milliseconds(150)) std::this_thread::yield();
  }
  EXPECT_GT(Clock::now(), begin + std::chrono::seconds(2)) << "longer than a pause may be";
  Socket stalled(port, kSmall);
  stalled.send(request);
  EXPECT_TRUE(stalled.receive(1, within()));
  const auto paused = Clock::now();
  while (Clock::now() < paused + std::chrono::seconds(4)) std::this_thread::yield();
  std::string rest;
  for (;;) {
    const auto some = stalled.receive(64 << 10, within());
    ASSERT_TRUE(some);
    if (some->empty()) break;
    rest += *some;
  }
  EXPECT_LT(rest.size(), 150'000U) << "cut, and not read to its end";
}

}  // namespace
}  // namespace taskwire::test
