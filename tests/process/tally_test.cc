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
  for (int i = 0; i < 1000; ++i) tally.count("stuck");
  spdlog::set_default_logger(before);
  EXPECT_NE(lines.str().find("doors: cannot open: stuck (1 since the last such line, 1 in all)"), std::string::npos);
  EXPECT_EQ(lines.str().find('\n'), lines.str().size() - 1) << "one line: " << lines.str();
}

}  // namespace
}  // namespace taskwire
