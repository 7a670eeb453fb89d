// A disk that fills up under running services, as their clients see it.
#include <gtest/gtest.h>
#include <iostream>

#include "engine/support/small_disk.h"
#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using std::chrono::seconds;

struct Published {
  Response response;
  milliseconds took;
};

Published publish(std::uint16_t port, const std::string& text) {
  const auto begun = Clock::now();
  auto response = post(port, "/publish/news", text);
  return {std::move(response), std::chrono::duration_cast<milliseconds>(Clock::now() - begun)};
}

TEST(FullDisk, RefusesWritesAndServesReadsAndGoesOnByItselfOnceThereIsRoom) {
  engine::SmallDisk disk;
  if (!disk.lack().empty()) GTEST_SKIP() << "it takes root to mount a disk: " << disk.lack();
  Service engine("taskwire-engine", {"--data-dir", disk / "data", "--demo-sources=false"});
  const Service edge("taskwire-edge", {"--engine", engine.address(), "--hub-events", "1"});
  const auto port = edge.port();
  ASSERT_TRUE(eventually([&] { return get(port, "/readyz").status == 200; }));
  Stream live(port, "/stream/news?from=now");
  ASSERT_TRUE(live.wait_for_id());
  std::vector<std::string> ids;
  for (int i = 0; i < 10; ++i) ids.push_back(publish(port, std::to_string(i)).response.json()["id"]);
  const auto before = ids.front();

  disk.fill();
  // What the write-ahead log has room for already may still be taken.
  constexpr int kMostThatFit = 500;
  const std::string bulky(20'000, 'x');
  Published refused = publish(port, bulky);
  for (int i = 0; i < kMostThatFit && refused.response.status == 202; ++i) {
    ids.push_back(refused.response.json()["id"]);
    refused = publish(port, bulky);
  }
  EXPECT_EQ(refused.response.status, 503) << refused.response.body;
  EXPECT_EQ(refused.response.json()["reason"], "STORE_FAILED") << "nothing was written";
  EXPECT_LT(refused.took, seconds(1));
  const auto again = publish(port, bulky);
  EXPECT_EQ(again.response.status, 503) << again.response.body;
  EXPECT_LT(again.took, seconds(1));

  for (const auto& id : ids) {
    const auto event = live.next("message");
    ASSERT_TRUE(event) << id << " was acknowledged";
    EXPECT_EQ(event->last_event_id, id);
  }
  Stream resumed(port, "/stream/news", before);
  for (std::size_t i = 1; i < ids.size(); ++i) {
    const auto event = resumed.next("message");
    ASSERT_TRUE(event) << ids[i] << " was acknowledged";
    EXPECT_EQ(event->last_event_id, ids[i]);
  }
  const auto page = get(port, "/api/events/history?topic=channels/news&limit=1");
  ASSERT_EQ(page.status, 200) << page.body;
  EXPECT_EQ(page.json()["events"][0]["id"], before);
  EXPECT_EQ(get(port, "/api/tasks/alice").status, 200);

  const auto freed = Clock::now();
  disk.free();
  Published taken;
  ASSERT_TRUE(eventually([&] { return (taken = publish(port, bulky)).response.status == 202; }));
  const auto waited = std::chrono::duration_cast<milliseconds>(Clock::now() - freed);
  EXPECT_LT(waited, seconds(5));
  std::cout << "refused after " << refused.took.count() << " ms, and taken " << waited.count()
            << " ms after there was room\n";
  EXPECT_EQ(resumed.next("message")->last_event_id, taken.response.json()["id"]);
  EXPECT_EQ(live.next("message")->last_event_id, taken.response.json()["id"]);
  EXPECT_FALSE(engine.process().wait(Clock::now())) << "it is the same process";
}

}  // namespace
}  // namespace taskwire::test
