#include "scrape/scrape_listener.h"

#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/http.h"

namespace taskwire::scrape {
namespace {

using test::get;
using test::Socket;
using test::within;

class ScrapeListenerTest : public testing::Test {
 protected:
  ScrapeListenerTest() {
    auto opened = ScrapeListener::open("127.0.0.1:0", [this] { return text; });
    EXPECT_TRUE(opened) << opened.error().message;
    listener = std::move(*opened);
  }
  [[nodiscard]] std::uint16_t port() const { return listener->addresses().front().port; }

  std::string text = "a 1\n";
  std::unique_ptr<ScrapeListener> listener;
};

TEST_F(ScrapeListenerTest, AnswersEachOnAConnectionOfItsOwn) {
  for (int i = 0; i < 50; ++i) {
    const auto told = get(port(), "/metrics");
    EXPECT_EQ(told.status, 200);
    EXPECT_EQ(told.body, "a 1\n");
    EXPECT_EQ(told.header("Connection"), "close");
  }
  EXPECT_EQ(get(port(), "/").status, 404);
  EXPECT_EQ(test::request(port(), "POST", "/metrics", {}, std::string(100'000, 'x')).status, 405)
      << "though the body is not read";
}

TEST_F(ScrapeListenerTest, SendsMuchToWhoIsSlow) {
  text.assign(std::size_t{8} << 20, 'x');
  EXPECT_EQ(get(port(), "/metrics").body.size(), text.size());
}

TEST_F(ScrapeListenerTest, AnswersWhileOthersSaySlowlyWhatTheyWant) {
  Socket slow(port());
  slow.send("GET /metr");
  EXPECT_EQ(get(port(), "/metrics").status, 200);
  slow.send("ics HTTP/1.1\r\n\r\n");
  test::HttpReader reader(slow);
  EXPECT_EQ(reader.read_head().status, 200);
}

TEST_F(ScrapeListenerTest, CutsThoseWhoAskNothingSoThatOthersAreServed) {
  std::vector<std::unique_ptr<Socket>> silent;
  for (std::size_t i = 0; i < ScrapeListener::kMostConnections; ++i) silent.push_back(std::make_unique<Socket>(port()));
  EXPECT_EQ(get(port(), "/metrics").status, 200) << "when their time is over";
  for (const auto& each : silent) EXPECT_EQ(each->receive(1, within()), "") << "the end";
}

TEST_F(ScrapeListenerTest, CutsWhoAskedWhereTheAnswerMeetsAFault) {
  int times = 0;
  auto faulty = ScrapeListener::open("127.0.0.1:0", [&times]() -> std::string {
    if (++times == 1) throw std::runtime_error("a fault of the test");
    return "a 1\n";
  });
  ASSERT_TRUE(faulty);
  const auto at = (*faulty)->addresses().front().port;
  EXPECT_EQ(get(at, "/metrics").status, 0);
  EXPECT_EQ(get(at, "/metrics").status, 200);
}

TEST_F(ScrapeListenerTest, SaysWhyItCannotListen) {
  const auto second = ScrapeListener::open("127.0.0.1:" + std::to_string(port()), [] { return std::string(); });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, Reason::cannot_start);
  EXPECT_NE(second.error().message.find("choose another with --metrics-listen"), std::string::npos)
      << second.error().message;
}

}  // namespace
}  // namespace taskwire::scrape
