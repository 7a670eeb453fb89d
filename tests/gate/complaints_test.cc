#include "gate/complaints.h"

#include <gtest/gtest.h>
#include <memory>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sstream>
#include <utility>

namespace taskwire::gate {
namespace {

using std::chrono::seconds;

class ComplaintsTest : public testing::Test {
 protected:
  ComplaintsTest() {
    auto logger = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_st>(log));
    logger->set_pattern("%v");
    spdlog::set_default_logger(logger);
  }
  ~ComplaintsTest() override { spdlog::set_default_logger(before); }

  /// What was told since the last time.
  std::string news() {
    auto all = log.str();
    return all.substr(std::exchange(seen, all.size()));
  }

  std::shared_ptr<spdlog::logger> before = spdlog::default_logger();
  std::ostringstream log;
  std::size_t seen = 0;
  Complaints complaints;
  engine::SteadyTime now{seconds(1000)};
};

TEST_F(ComplaintsTest, AreToldAtOnceAndThenCounted) {
  complaints.add(Reason::too_many_resets, "what was wrong", "1.2.3.4:5", now);
  EXPECT_EQ(news(), "refused 1 times, 1 since the start, the last 1.2.3.4:5: TOO_MANY_RESETS: what was wrong\n");
  for (int i = 0; i < 1000; ++i) complaints.add(Reason::too_many_resets, "what was wrong", "1.2.3.4:6", now);
  EXPECT_EQ(news(), "");
  complaints.flush(now + seconds(9));
  EXPECT_EQ(news(), "");
  complaints.flush(now + seconds(10));
  EXPECT_EQ(news(), "refused 1000 times, 1001 since the start, the last 1.2.3.4:6: TOO_MANY_RESETS: what was wrong\n");
  complaints.flush(now + seconds(30));
  EXPECT_EQ(news(), "");
}

TEST_F(ComplaintsTest, AreToldApart) {
  complaints.add(Reason::too_many_resets, "this", "a", now);
  complaints.add(Reason::too_many_resets, "that", "b", now);
  EXPECT_EQ(news(),
            "refused 1 times, 1 since the start, the last a: TOO_MANY_RESETS: this\n"
            "refused 1 times, 1 since the start, the last b: TOO_MANY_RESETS: that\n");
}

}  // namespace
}  // namespace taskwire::gate
