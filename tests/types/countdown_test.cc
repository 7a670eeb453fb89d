#include "types/countdown.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "engine/support/fake_context.h"

namespace taskwire::engine {
namespace {

using google::protobuf::util::MessageDifferencer;

const Countdown kCountdown;

TEST(Countdown, SaysHowMuchIsLeftThenAnswersTheObject) {
  FakeContext context(kCountdown, "{}");
  const auto result = kCountdown.run(context);
  ASSERT_TRUE(result);
  EXPECT_TRUE(MessageDifferencer::Equals(
      *result, struct_from_json(R"({"Name":"Victor","Age":30,"Country":"Spain","IsActive":true})")));
  ASSERT_EQ(context.reports.size(), 5U);
  EXPECT_EQ(context.reports.front().message(), "Object sent to user 'alice' in 5...");
  EXPECT_EQ(context.reports.back().message(), "Object sent to user 'alice' in 1...");
  EXPECT_EQ(context.waited, std::chrono::seconds(5));
}

TEST(Countdown, TellsItsOwnerEachNumberThenTheObject) {
  FakeContext context(kCountdown, R"({"from":2})");
  ASSERT_TRUE(kCountdown.run(context));
  EXPECT_EQ(context.told,
            (std::vector<std::string>{"Object sent to user 'alice' in 2...", "Object sent to user 'alice' in 1...",
                                      R"({"Age":30,"Country":"Spain","IsActive":true,"Name":"Victor"})"}));
}

TEST(Countdown, AnswersTheObjectThatIsGiven) {
  FakeContext context(kCountdown, R"({"from":1,"result":{"a":[1,2]}})");
  EXPECT_TRUE(MessageDifferencer::Equals(*kCountdown.run(context), struct_from_json(R"({"a":[1,2]})")));
}

TEST(Countdown, FailsAtOnceWhereItsObjectFitsNoMessage) {
  FakeContext fits(kCountdown, R"({"from":1,"result":{"a":")" + std::string(61'440 - 8, 'x') + R"("}})");
  ASSERT_TRUE(kCountdown.run(fits));
  EXPECT_EQ(fits.told.back().size(), 61'440U);
  FakeContext context(kCountdown, R"({"from":1,"result":{"a":")" + std::string(61'440 - 7, 'x') + R"("}})");
  EXPECT_EQ(kCountdown.run(context).error().reason, Reason::payload_too_large);
  EXPECT_TRUE(context.told.empty());
}

TEST(Countdown, StopsWhenAsked) {
  FakeContext context(kCountdown, "{}");
  context.waits_left = 2;
  EXPECT_EQ(kCountdown.run(context).error().reason, Reason::cancelled);
  EXPECT_EQ(context.told.size(), 2U);
}

TEST(Countdown, AnswersNoObjectThatItMayNotTell) {
  FakeContext context(kCountdown, R"({"from":1})");
  context.tells_left = 2;
  EXPECT_EQ(kCountdown.run(context).error().reason, Reason::cancelled);
  EXPECT_EQ(context.told.size(), 1U);
}

}  // namespace
}  // namespace taskwire::engine
