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

}  // namespace
}  // namespace taskwire::view
