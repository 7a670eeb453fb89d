#include "view/outbox.h"

#include <gtest/gtest.h>

namespace taskwire::view {
namespace {

class OutboxTest : public testing::Test {
 protected:
  int send_one() {
    const auto due = outbox_.take_due(now_);
    EXPECT_EQ(due.size(), 1U);
    return due.at(0).number;
  }

  Time now_{Millis(1'000'000)};
  Outbox outbox_{[] { return 0.5; }};
};

TEST_F(OutboxTest, SendsEachRequestOnce) {
  outbox_.post(catalogue_request(), now_);
  EXPECT_EQ(outbox_.deadline(), now_);
  EXPECT_EQ(send_one(), 1);
  EXPECT_TRUE(outbox_.take_due(now_).empty());
  EXPECT_EQ(outbox_.deadline(), std::nullopt);
}

TEST_F(OutboxTest, HandsBackARequestThatWasAnswered) {
  outbox_.post(cancel_request("alice", "a"), now_);
  EXPECT_TRUE(outbox_.is_pending(Purpose::cancel, "a"));
  EXPECT_EQ(outbox_.purpose_of(1), Purpose::cancel);
  const auto answered = outbox_.answered(send_one(), {202, "{}"}, now_);
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->request.task_id, "a");
  EXPECT_EQ(answered->tries, 1);
  EXPECT_FALSE(outbox_.is_pending(Purpose::cancel, "a"));
  EXPECT_EQ(outbox_.purpose_of(1), std::nullopt);
}

TEST_F(OutboxTest, TellsRequestsApart) {
  outbox_.post(cancel_request("alice", "a"), now_);
  EXPECT_FALSE(outbox_.is_pending(Purpose::cancel, "b"));
  EXPECT_FALSE(outbox_.is_pending(Purpose::retry, "a"));
}

TEST_F(OutboxTest, RepeatsWhatWasNotDecidedWithTheSameKey) {
  for (const int status : {0, 429, 502, 503, 504}) {
    Outbox outbox{[] { return 0.5; }};
    outbox.post(start_request("alice", "{}", "key-1"), now_);
    const auto first = outbox.take_due(now_).at(0);
    EXPECT_EQ(outbox.answered(first.number, {status, ""}, now_), std::nullopt) << status;
    EXPECT_EQ(outbox.deadline(), now_ + Millis(500));
    EXPECT_TRUE(outbox.take_due(now_ + Millis(499)).empty());
    const auto second = outbox.take_due(now_ + Millis(500)).at(0);
    EXPECT_EQ(second.number, first.number);
    EXPECT_EQ(second.request.idempotency_key, "key-1");
    EXPECT_EQ(second.request.body, first.request.body);
    EXPECT_EQ(outbox.tries(Purpose::start, ""), 2);
  }
}

TEST_F(OutboxTest, TakesARefusalAsTheLastWord) {
  for (const int status : {400, 403, 404, 409, 413, 415, 422, 500}) {
    outbox_.post(start_request("alice", "{}", "k"), now_);
    EXPECT_TRUE(outbox_.answered(send_one(), {status, ""}, now_)) << status;
  }
}

TEST_F(OutboxTest, WaitsAsLongAsItIsTold) {
  outbox_.post(start_request("alice", "{}", "k"), now_);
  (void)outbox_.answered(send_one(), {503, "", Millis(7'000)}, now_);
  EXPECT_EQ(outbox_.deadline(), now_ + Millis(7'000));
}

TEST_F(OutboxTest, GivesUpAfterAllTries) {
  outbox_.post(start_request("alice", "{}", "k"), now_);
  std::optional<Outbox::Settled> last;
  int sent = 0;
  while (!last) {
    last = outbox_.answered(send_one(), {}, now_);
    ++sent;
    now_ += Millis(60'000);
  }
  EXPECT_EQ(sent, last->tries);
  EXPECT_EQ(sent, last->request.tries);
  EXPECT_GT(sent, 1);
}

TEST_F(OutboxTest, NeverRepeatsARetry) {
  for (const int status : {0, 429, 502, 503, 504}) {
    outbox_.post(retry_request("alice", "a"), now_);
    EXPECT_TRUE(outbox_.answered(send_one(), {status, ""}, now_)) << status;
  }
}

TEST(OutboxSettled, TakesARefusalAfterALostAnswerAsDone) {
  const Answer ended{409, R"({"reason":"TASK_ENDED"})"};
  const Answer unknown{404, R"({"reason":"TASK_NOT_FOUND"})"};
  EXPECT_TRUE((Outbox::Settled{cancel_request("alice", "a"), 2}.was_done_before(ended)));
  EXPECT_TRUE((Outbox::Settled{forget_request("alice", "a"), 2}.was_done_before(unknown)));
}

TEST(OutboxSettled, TakesAnyOtherRefusalAsOne) {
  const Answer ended{409, R"({"reason":"TASK_ENDED"})"};
  const Answer running{409, R"({"reason":"TASK_NOT_ENDED"})"};
  const Answer unknown{404, R"({"reason":"TASK_NOT_FOUND"})"};
  EXPECT_FALSE((Outbox::Settled{cancel_request("alice", "a"), 1}.was_done_before(ended)));
  EXPECT_FALSE((Outbox::Settled{cancel_request("alice", "a"), 2}.was_done_before(unknown)));
  EXPECT_FALSE((Outbox::Settled{cancel_request("alice", "a"), 2}.was_done_before(running)));
  EXPECT_FALSE((Outbox::Settled{forget_request("alice", "a"), 1}.was_done_before(unknown)));
  EXPECT_FALSE((Outbox::Settled{forget_request("alice", "a"), 2}.was_done_before(running)));
}

TEST_F(OutboxTest, AsksForTheCatalogueUntilItComes) {
  outbox_.post(catalogue_request(), now_);
  for (int i = 0; i < 100; ++i) {
    ASSERT_FALSE(outbox_.answered(send_one(), {503, ""}, now_));
    now_ += Millis(60'000);
  }
  EXPECT_TRUE(outbox_.answered(send_one(), {200, "{}"}, now_));
}

TEST_F(OutboxTest, IgnoresAnAnswerToNothing) {
  EXPECT_FALSE(outbox_.answered(7, {200, ""}, now_));
}

TEST_F(OutboxTest, CountsNoTriesOfWhatIsNotThere) {
  EXPECT_EQ(outbox_.tries(Purpose::start, ""), 0);
}

}  // namespace
}  // namespace taskwire::view
