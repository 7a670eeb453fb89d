#include "process/tally.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sstream>

namespace taskwire {
namespace {

TEST(Tally, CountsAllAndTellsTheFirstAtOnceAndTheRestLater) {
  std::ostringstream lines;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines)));
  Tally tally("doors: cannot open");
  const Tally::Time now{std::chrono::hours(1)};
  for (int i = 0; i < 1000; ++i) tally.count("stuck", now);
  const auto at_once = lines.str();
  tally.count("stuck again", now + Tally::kPause);
  spdlog::set_default_logger(before);
  EXPECT_NE(at_once.find("doors: cannot open: stuck (1 since the last such line, 1 in all)"), std::string::npos);
  EXPECT_EQ(at_once.find('\n'), at_once.size() - 1) << "one line: " << at_once;
  EXPECT_NE(lines.str().find("stuck again (1000 since the last such line, 1001 in all)"), std::string::npos)
      << lines.str();
}

}  // namespace
}  // namespace taskwire
