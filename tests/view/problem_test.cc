#include "view/problem.h"

#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

TEST(Problem, SaysWhatTheServerSays) {
  const auto problem = problem_of(
      {409,
       R"({"type":"about:blank","title":"Conflict","status":409,"detail":"It has ended.","reason":"TASK_ENDED"})"});
  EXPECT_EQ(problem.title, "Conflict");
  EXPECT_EQ(problem.detail, "It has ended.");
  EXPECT_EQ(problem.reason, "TASK_ENDED");
}

TEST(Problem, MakesTheBestOfAnAnswerThatSaysNothing) {
  for (const auto* body : {"", "<html>", "[]", "{}"}) {
    EXPECT_EQ(problem_of({502, body}).title, "The server answered 502") << body;
  }
}

TEST(Problem, SaysThatNothingCameBack) {
  EXPECT_EQ(problem_of({}).title, "No answer");
  EXPECT_NE(problem_of({}).detail, "");
}

TEST(Problem, KnowsWhenTheOutcomeIsUnknown) {
  for (const int status : {0, 502, 504}) EXPECT_TRUE(is_outcome_unknown({status, ""})) << status;
  EXPECT_TRUE(is_outcome_unknown({503, R"({"reason":"UNKNOWN_OUTCOME"})"}));
  EXPECT_FALSE(is_outcome_unknown({503, R"({"reason":"ENGINE_UNAVAILABLE"})"}));
  EXPECT_FALSE(is_outcome_unknown({429, ""}));
}

}  // namespace
}  // namespace taskwire::view
