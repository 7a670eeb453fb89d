#include "hub/problem.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace taskwire::edge {
namespace {

TEST(Problem, IsProblemJson) {
  const auto response = problem_response({429, "QUEUE_FULL", "Wait \"a bit\".", 1});
  EXPECT_EQ(response.status, 429U);
  const auto body = nlohmann::json::parse(response.content());
  EXPECT_EQ(body["title"], "Too Many Requests");
  EXPECT_EQ(body["status"], 429);
  EXPECT_EQ(body["reason"], "QUEUE_FULL");
  EXPECT_EQ(body["detail"], "Wait \"a bit\".");
  EXPECT_EQ(response.headers.front().second, "application/problem+json");
  EXPECT_EQ(response.headers.back(), (std::pair<std::string, std::string>("Retry-After", "1")));
}

TEST(EngineProblem, HasAStatusForEveryCode) {
  const std::pair<EngineCode, unsigned> expected[] = {
      {EngineCode::invalid_argument, 400},
      {EngineCode::not_found, 404},
      {EngineCode::permission_denied, 403},
      {EngineCode::resource_exhausted, 429},
      {EngineCode::failed_precondition, 409},
      {EngineCode::unavailable, 503},
      {EngineCode::deadline_exceeded, 503},
      {EngineCode::internal, 500},
      {EngineCode::unknown, 500},
      {EngineCode::unimplemented, 501},
      {EngineCode::out_of_range, 400},
      {EngineCode::already_exists, 409},
      {EngineCode::aborted, 409},
      {EngineCode::cancelled, 503},
      {EngineCode::data_loss, 500},
      {EngineCode::unauthenticated, 401},
  };
  for (const auto& [code, status] : expected) {
    const auto problem = engine_problem(code, "SOME_REASON: do this", true);
    EXPECT_EQ(problem.status, status);
    EXPECT_EQ(problem.reason, "SOME_REASON");
    EXPECT_EQ(problem.detail, "do this");
  }
}

TEST(EngineProblem, HasAStatusOfItsOwnForSomeReasons) {
  EXPECT_EQ(engine_problem(EngineCode::invalid_argument, "IDEMPOTENCY_KEY_REUSED: x", true).status, 422U);
  EXPECT_EQ(engine_problem(EngineCode::resource_exhausted, "PAYLOAD_TOO_LARGE: x", true).status, 413U);
}

TEST(EngineProblem, KnowsNoOutcomeOfAWriteWithoutAnswer) {
  const auto write = engine_problem(EngineCode::unavailable, "Socket closed", true);
  EXPECT_EQ(write.status, 503U);
  EXPECT_EQ(write.reason, "UNKNOWN_OUTCOME");
  EXPECT_NE(write.detail.find("Idempotency-Key"), std::string::npos);
  EXPECT_EQ(engine_problem(EngineCode::internal, "Failed to parse", true).reason, "ENGINE_ERROR");
  EXPECT_EQ(engine_problem(EngineCode::deadline_exceeded, "Deadline Exceeded", false).reason, "ENGINE_UNAVAILABLE");
}

}  // namespace
}  // namespace taskwire::edge
