#include "http/problem.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace taskwire::edge {
namespace {

TEST(Problem, IsProblemJson) {
  const auto response = problem_response({Reason::queue_full, "Wait \"a bit\".", 7});
  EXPECT_EQ(response.status, 429U);
  const auto body = nlohmann::json::parse(response.content());
  EXPECT_EQ(body["title"], "Too Many Requests");
  EXPECT_EQ(body["status"], 429);
  EXPECT_EQ(body["reason"], "QUEUE_FULL");
  EXPECT_EQ(body["detail"], "Wait \"a bit\".");
  EXPECT_EQ(response.headers.front().second, "application/problem+json");
  EXPECT_EQ(response.headers.back(), (std::pair<std::string, std::string>("Retry-After", "7")));
}

TEST(Problem, SaysWhenToComeBackOnlyWhereThatHelps) {
  for (const auto& row : reasons()) {
    const auto response = problem_response({row.reason, ""});
    const bool says_when = response.headers.back().first == "Retry-After";
    EXPECT_EQ(says_when, row.http == 429 || row.http == 503) << row.name;
  }
}

TEST(EngineProblem, HasTheStatusOfItsReason) {
  constexpr int kAnyCode = 9;
  for (const auto& row : reasons()) {
    if (row.grpc == GrpcCode::ok || row.http == 0) continue;
    const auto problem = engine_problem(kAnyCode, std::string(row.name) + ": do this", true);
    EXPECT_EQ(problem.reason, row.reason);
    EXPECT_EQ(problem.detail, "do this");
  }
}

TEST(EngineProblem, KnowsNoOutcomeOfAWriteWithoutAnswer) {
  constexpr int kUnavailable = 14;
  const auto write = engine_problem(kUnavailable, "Socket closed", true);
  EXPECT_EQ(write.reason, Reason::unknown_outcome);
  EXPECT_NE(write.detail.find("Idempotency-Key"), std::string::npos);
  constexpr int kDeadlineExceeded = 4;
  EXPECT_EQ(engine_problem(kDeadlineExceeded, "Deadline Exceeded", false).reason, Reason::engine_unavailable);
}

TEST(EngineProblem, PassesOnWhatItDoesNotKnow) {
  constexpr int kInvalidArgument = 3;
  const auto problem = engine_problem(kInvalidArgument, "NEVER_HEARD_OF: do this", true);
  EXPECT_EQ(problem.reason, Reason::engine_error);
  EXPECT_NE(problem.detail.find("NEVER_HEARD_OF: do this"), std::string::npos);
  constexpr int kInternal = 13;
  EXPECT_EQ(engine_problem(kInternal, "Failed to parse", true).reason, Reason::engine_error);
}

}  // namespace
}  // namespace taskwire::edge
