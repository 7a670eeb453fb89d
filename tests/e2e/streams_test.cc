#include <gtest/gtest.h>
#include <signal.h>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

std::string state_of(const std::optional<SseEvent>& event) {
  return event ? json::parse(event->data).value("state", "") : "";
}

TEST(Streams, AreToldThatTheEngineHasGoneAndIsBack) {
  Services services({}, {"--heartbeat", "300ms"});
  Stream open(services.edge.port(), "/stream/news?types=rare");
  ASSERT_TRUE(open.wait_for_id());
  const auto begun = Clock::now();
  services.engine.kill();
  const auto down = open.next("upstream");
  EXPECT_EQ(state_of(down), "down");
  EXPECT_GE(Clock::now() - begun, milliseconds(900)) << "a short outage is not worth a word";
  const auto asked = Clock::now();
  Stream later(services.edge.port(), "/api/task-progress/alice");
  const auto at_once = later.next("upstream");
  ASSERT_TRUE(at_once);
  EXPECT_EQ(at_once->data, down->data) << "since the same time";
  EXPECT_LT(Clock::now() - asked, milliseconds(900));
  services.engine.restart();
  EXPECT_EQ(state_of(open.next("upstream")), "up");
  EXPECT_EQ(state_of(later.next("upstream")), "up");
  EXPECT_TRUE(later.next("synced"));
}

TEST(Streams, AreToldNothingOfAnEngineThatIsThere) {
  Services services({}, {"--heartbeat", "300ms"});
  Stream stream(services.edge.port(), "/stream/news");
  ASSERT_TRUE(stream.wait_for_id());
  EXPECT_FALSE(stream.next("upstream", within(milliseconds(1500))));
}

TEST(Streams, KeepTheirIdThoughOthersHaveFilledTheHub) {
  Services services({}, {"--heartbeat", "300ms", "--hub-events", "20"});
  Stream quiet(services.edge.port(), "/stream/quiet");
  ASSERT_TRUE(quiet.wait_for_id());
  std::string last;
  for (int i = 0; i < 60; ++i) last = post(services.edge.port(), "/publish/news", i).json().value("id", "");
  EXPECT_TRUE(quiet.wait_for_id(last));
  services.engine.kill();
  ASSERT_TRUE(quiet.next("upstream"));
  Stream news(services.edge.port(), "/stream/news", last);
  EXPECT_TRUE(news.wait_for_id(last)) << "what the edge can serve needs no engine";
  const auto beat = quiet.next("heartbeat");
  ASSERT_TRUE(beat);
  EXPECT_EQ(beat->last_event_id, last);
}

TEST(Streams, EndForAClientThatKeepsSending) {
  Services services;
  Socket socket(services.edge.port());
  socket.send("GET /stream/news HTTP/1.1\r\nHost: localhost\r\n\r\n");
  HttpReader reader(socket);
  const auto head = reader.read_head();
  EXPECT_EQ(head.status, 200);
  const std::string junk(4096, 'x');
  for (int i = 0; i < 16; ++i) socket.send(junk);
  const auto closed = [&] {
    const auto bytes = socket.receive(4096, within(milliseconds(100)));
    return bytes && bytes->empty();
  };
  EXPECT_TRUE(eventually(closed));
  EXPECT_EQ(get(services.edge.port(), "/healthz").status, 200);
}

}  // namespace
}  // namespace taskwire::test
