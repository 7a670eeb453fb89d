#include <gtest/gtest.h>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {
namespace {

using nlohmann::json;

class SourcesTest : public testing::Test {
 protected:
  std::uint16_t port() const { return services.edge.port(); }
  Services services{{"--demo-sources=true"}};
};

TEST_F(SourcesTest, ShowOneReadingInThreeForms) {
  Stream text(port(), "/string-item?from=earliest");
  Stream whole(port(), "/json-item?from=earliest");
  Stream number(port(), "/sse-item?from=earliest");
  Stream channel(port(), "/stream/heart-rate?from=earliest");
  for (int i = 0; i < 3; ++i) {
    const auto reading = whole.next("heartRate");
    ASSERT_TRUE(reading);
    const auto rate = json::parse(reading->data)["rate"].get<int>();
    const auto as_text = text.next("heartRate");
    const auto as_number = number.next("heartRate");
    const auto as_event = channel.next("heartRate");
    ASSERT_TRUE(as_text && as_number && as_event);
    EXPECT_EQ(as_text->data, "Heart Rate: " + std::to_string(rate) + " bpm");
    EXPECT_EQ(as_number->data, std::to_string(rate));
    EXPECT_EQ(as_event->data, reading->data);
    EXPECT_EQ(as_text->last_event_id, reading->last_event_id);
    EXPECT_EQ(as_number->last_event_id, reading->last_event_id);
  }
  EXPECT_EQ(number.retry(), std::chrono::milliseconds(60'000));
  EXPECT_LT(text.retry(), std::chrono::milliseconds(60'000));
}

TEST_F(SourcesTest, ShowTheFormsAlsoToWhoComesBack) {
  std::string id;
  std::string second;
  {
    Stream stream(port(), "/string-item");
    id = stream.next("heartRate")->last_event_id;
    second = stream.next("heartRate")->data;
  }
  Stream again(port(), "/string-item", id);
  EXPECT_EQ(again.next("heartRate")->data, second);
  services.edge.kill();
  services.edge.restart();
  Stream anew(port(), "/string-item", id);
  EXPECT_EQ(anew.next("heartRate")->data, second) << "from the engine's pages";
}

TEST_F(SourcesTest, TellOfTheRealMachine) {
  Stream stream(port(), "/stream/host");
  const auto event = stream.next("host");
  ASSERT_TRUE(event);
  const auto host = json::parse(event->data);
  EXPECT_GE(host["cpuPercent"], 0);
  EXPECT_LE(host["cpuPercent"], 100);
  EXPECT_GT(host["memoryUsedBytes"], 1 << 20);
  EXPECT_LE(host["memoryUsedBytes"], host["memoryTotalBytes"]);
  EXPECT_GE(host["load1"], 0);
  EXPECT_EQ(host["timestamp"].get<std::string>().size(), 24U);
}

}  // namespace
}  // namespace taskwire::test
