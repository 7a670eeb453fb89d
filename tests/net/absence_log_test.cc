#include "net/absence_log.h"

#include <gtest/gtest.h>

namespace taskwire::edge {
namespace {

using namespace std::chrono_literals;

bool has(const std::optional<std::string>& line, const char* word) {
  return line && line->find(word) != std::string::npos;
}

TEST(AbsenceLog, SpeaksAtOnceAndThenNowAndAgain) {
  AbsenceLog log("engine:50051");
  const AbsenceLog::TimePoint begin;
  const auto first = log.failed(begin, "connection refused");
  EXPECT_TRUE(has(first, "engine:50051")) << *first;
  EXPECT_TRUE(has(first, "connection refused")) << *first;
  EXPECT_FALSE(log.failed(begin + 200ms, "x"));
  EXPECT_FALSE(log.failed(begin + 59s, "x"));
  EXPECT_TRUE(has(log.failed(begin + 61s, "no route"), "61 s now (no route)"));
  EXPECT_FALSE(log.failed(begin + 62s, "x"));
  EXPECT_TRUE(has(log.failed(begin + 122s, "x"), "122 s"));
}

TEST(AbsenceLog, BeginsAnewWhenTheEngineWasThere) {
  AbsenceLog log("engine:50051");
  const AbsenceLog::TimePoint begin;
  EXPECT_TRUE(log.failed(begin, "x"));
  log.reached();
  EXPECT_TRUE(has(log.failed(begin + 1s, "x"), "looking for it"));
}

}  // namespace
}  // namespace taskwire::edge
