// What services forget, as those see it who watch and who come back.
#include <gtest/gtest.h>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

std::string publish(std::uint16_t port, const std::string& text) {
  const auto response = post(port, "/publish/news", text);
  EXPECT_EQ(response.status, 202) << response.body;
  return response.json()["id"];
}

std::size_t kept(std::uint16_t port, const std::string& topic) {
  return get(port, "/api/events/history?topic=" + topic + "&limit=256").json()["events"].size();
}

TEST(Retention, ForgetsEventsOfAChannelAndTellsWhoComesBackThatItDid) {
  Services services({"--retain-channels", "1s", "--tail-bytes", "1"});  // memory may hold what the store has forgotten
  const auto port = services.edge.port();
  const auto first = publish(port, "one");
  publish(port, "two");
  ASSERT_EQ(post(port, "/publish/other", 3).status, 202);
  ASSERT_TRUE(eventually([&] { return kept(port, "channels/news") == 0; }, within(std::chrono::seconds(30))));
  services.edge.restart();
  Stream stream(services.edge.port(), "/stream/news", first);
  const auto reset = stream.next("reset");
  ASSERT_TRUE(reset);
  EXPECT_EQ(json::parse(reset->data)["reason"], "expired");
  ASSERT_TRUE(stream.next("synced"));
  const auto third = publish(services.edge.port(), "three");
  EXPECT_EQ(stream.next("message")->last_event_id, third);
}

TEST(Retention, DeletesATaskThatEndedAndTellsWhoWatches) {
  Services services({"--retain-tasks", "1s"});
  const auto port = services.edge.port();
  Stream stream(port, "/api/task-progress/alice");
  ASSERT_TRUE(stream.next("synced"));
  const auto started = post(port, "/api/tasks/alice/start", {{"params", {{"durationMs", 50}, {"steps", 1}}}});
  const std::string id = started.json()["taskId"];
  const auto deleted = stream.next("taskDeleted", within(std::chrono::seconds(30)));
  ASSERT_TRUE(deleted);
  EXPECT_EQ(json::parse(deleted->data)["taskId"], id);
  EXPECT_EQ(get(port, "/api/tasks/alice/" + id).status, 404);
}

TEST(Retention, KeepsTheNewestOfATopicForWhoComesBackInTime) {
  Services services({"--retain-per-topic", "10", "--retain-channels", "1m"});
  const auto port = services.edge.port();
  std::vector<std::string> ids;
  for (int i = 0; i < 40; ++i) ids.push_back(publish(port, std::to_string(i)));
  ASSERT_TRUE(eventually([&] { return kept(port, "channels/news") == 10; }, within(std::chrono::seconds(90))));
  services.edge.restart();
  Stream stream(services.edge.port(), "/stream/news", ids[29]);
  for (int i = 30; i < 40; ++i) EXPECT_EQ(stream.next("message")->last_event_id, ids[static_cast<std::size_t>(i)]);
}

}  // namespace
}  // namespace taskwire::test
