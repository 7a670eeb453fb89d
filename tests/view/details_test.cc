#include "view/details.h"

#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

TEST(Details, AreClosedAtFirst) {
  EXPECT_EQ(Details().find("a"), nullptr);
}

TEST(Details, OpenAndClose) {
  Details details;
  EXPECT_TRUE(details.toggle("a"));
  ASSERT_NE(details.find("a"), nullptr);
  EXPECT_TRUE(details.find("a")->is_loading);
  EXPECT_FALSE(details.toggle("a"));
  EXPECT_EQ(details.find("a"), nullptr);
}

TEST(Details, ShowParametersAndResult) {
  Details details;
  details.toggle("a");
  details.take("a", {200, R"({"taskId":"a","params":{"steps":3},"result":{"sum":"grün"}})"});
  EXPECT_FALSE(details.find("a")->is_loading);
  EXPECT_EQ(details.find("a")->params, "{\n  \"steps\": 3\n}");
  EXPECT_EQ(details.find("a")->result, "{\n  \"sum\": \"grün\"\n}");
  EXPECT_EQ(details.find("a")->problem, "");
}

TEST(Details, ShowNoResultWhereThereIsNone) {
  Details details;
  details.toggle("a");
  details.take("a", {200, R"({"taskId":"a","params":{}})"});
  EXPECT_EQ(details.find("a")->params, "{}");
  EXPECT_EQ(details.find("a")->result, "");
}

TEST(Details, SayWhatWentWrong) {
  Details details;
  details.toggle("a");
  details.take("a", {404, R"({"title":"Not Found","detail":"There is no such task."})"});
  EXPECT_EQ(details.find("a")->problem, "There is no such task.");
  details.take("a", {500, "oops"});
  EXPECT_EQ(details.find("a")->problem, "The server answered 500");
}

TEST(Details, KeepWhatIsThereWhenAskingAgainFails) {
  Details details;
  details.toggle("a");
  details.take("a", {200, R"({"eventId":"e1-9","params":{"steps":3},"result":{"sum":1}})"});
  const auto before = *details.find("a");
  details.take("a", {500, "oops"});
  EXPECT_EQ(details.find("a")->params, before.params);
  EXPECT_EQ(details.find("a")->result, before.result);
  EXPECT_EQ(details.find("a")->problem, "The server answered 500");
  EXPECT_FALSE(details.find("a")->is_loading);
  details.take("a", {200, R"({"eventId":"e1-10","params":{"steps":3}})"});
  EXPECT_EQ(details.find("a")->problem, "");
}

TEST(Details, KnowWhyItWaits) {
  Details details;
  details.toggle("a");
  details.take("a",
               {200, R"({"eventId":"e1-9","taskId":"a","userId":"alice","status":"queued","queuedBecause":"LIMIT"})"});
  EXPECT_EQ(details.find("a")->wait.because, QueuedBecause::limit);
  details.take("a", {200, R"({"eventId":"e1-9","taskId":"a","userId":"alice","status":"queued"})"});
  EXPECT_EQ(details.find("a")->wait.because, QueuedBecause::unknown);
}

TEST(Details, KnowWhereItWaitsAndWhoDoesIt) {
  Details details;
  details.toggle("a");
  details.take("a", {200, R"({"eventId":"e1-9","taskId":"a","userId":"alice","status":"queued","queuePosition":2})"});
  EXPECT_EQ(details.find("a")->wait.place, 2);
  details.take("a", {200, R"({"eventId":"e1-10","taskId":"a","userId":"alice","status":"running","worker":"host-1"})"});
  EXPECT_EQ(details.find("a")->wait.place, 0);
  EXPECT_EQ(details.find("a")->worker, "host-1");
}

TEST(Details, IgnoreAnAnswerOlderThanTheLast) {
  Details details;
  details.toggle("a");
  details.take("a", {200, R"({"eventId":"e1-9","params":{},"result":{"sum":1}})"});
  details.take("a", {200, R"({"eventId":"e1-8","params":{}})"});
  EXPECT_NE(details.find("a")->result, "");
  details.take("a", {200, R"({"eventId":"e1-10","params":{}})"});
  EXPECT_EQ(details.find("a")->result, "");
}

TEST(Details, TakeAnAnswerFromAnotherLog) {
  Details details;
  details.toggle("a");
  details.take("a", {200, R"({"eventId":"e1-9","params":{},"result":{"sum":1}})"});
  details.take("a", {200, R"({"eventId":"e2-3","params":{}})"});
  EXPECT_EQ(details.find("a")->result, "");
}

TEST(Details, StillIgnoreAnOlderAnswerAfterAFailure) {
  Details details;
  details.toggle("a");
  details.take("a", {200, R"({"eventId":"e1-9","params":{}})"});
  details.take("a", {500, ""});
  details.take("a", {200, R"({"eventId":"e1-8","params":{},"result":{"sum":1}})"});
  EXPECT_EQ(details.find("a")->result, "");
}

TEST(Details, IgnoreAnAnswerAfterTheyWereClosed) {
  Details details;
  details.toggle("a");
  details.close("a");
  details.take("a", {200, "{}"});
  EXPECT_EQ(details.find("a"), nullptr);
}

}  // namespace
}  // namespace taskwire::view
