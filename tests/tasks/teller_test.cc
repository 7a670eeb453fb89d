#include "tasks/teller.h"

#include <gtest/gtest.h>

#include "engine/support/test_log.h"

namespace taskwire::engine {
namespace {

class TellerTest : public testing::Test {
 protected:
  TellerTest() { log.update("alice", kId); }

  static v1::Task begun() {
    v1::Task task;
    task.set_task_id(kId);
    return task;
  }
  /// Commits a change as often as told to, as if only the last outcome were known.
  Result<v1::Task> persist(const std::function<Result<v1::Task>(Transaction&)>& change) {
    Result<v1::Task> answer;
    for (int i = 0; i < commits; ++i) log.commit([&](Transaction& transaction) { answer = change(transaction); });
    return answer;
  }
  std::string told(const std::string& user = "alice") {
    std::string text;
    const auto page = log.log->tail().read(log.log->tail().select({"messages/" + user}), 0);
    for (const auto& event : page->events) text += event->parse().type() + "[" + event->parse().data() + "]";
    return text;
  }

  static constexpr auto kId = "k3v7qm2xw5ta";
  TestLog log;
  int commits = 1;
  Teller teller{begun(), [this](std::size_t, const auto& change) { return persist(change); }};
};

TEST_F(TellerTest, SendsMessagesWithoutTypeToTheOwnerInOrder) {
  EXPECT_TRUE(teller.tell("one"));
  EXPECT_TRUE(teller.tell("two"));
  EXPECT_TRUE(teller.tell("two"));
  EXPECT_EQ(told(), "[one][two][two]");
}

TEST_F(TellerTest, SendsEachOnceHoweverOftenItHasToBeCommitted) {
  commits = 3;
  EXPECT_TRUE(teller.tell("one"));
  EXPECT_TRUE(teller.tell("two"));
  EXPECT_EQ(told(), "[one][two]");
}

TEST_F(TellerTest, SendsNothingAfterACancel) {
  EXPECT_TRUE(teller.tell("one"));
  log.update("alice", kId, v1::TASK_STATE_CANCELLING);
  EXPECT_FALSE(teller.tell("two"));
  EXPECT_EQ(told(), "[one]");
}

TEST_F(TellerTest, KnowsWhatWasSentBeforeACancelCameBetween) {
  const Teller::Persist persist_over_a_cancel = [this](std::size_t, const auto& change) {
    (void)persist(change);
    log.update("alice", kId, v1::TASK_STATE_CANCELLING);
    return persist(change);
  };
  EXPECT_TRUE(Teller(begun(), persist_over_a_cancel).tell("one"));
  EXPECT_EQ(told(), "[one]");
}

TEST_F(TellerTest, SendsNothingOfAnOvertakenAttempt) {
  auto overtaken = begun();
  overtaken.set_attempt(1);
  EXPECT_FALSE(Teller(overtaken, [this](std::size_t, const auto& change) { return persist(change); }).tell("one"));
  EXPECT_EQ(told(), "");
}

TEST_F(TellerTest, SendsTheMessagesOfEachAttempt) {
  EXPECT_TRUE(teller.tell("one"));
  auto next = begun();
  next.set_user_id("alice");
  next.set_attempt(1);
  next.set_state(v1::TASK_STATE_RUNNING);
  log.commit([&](Transaction& transaction) { transaction.put_task(next); });
  EXPECT_TRUE(Teller(next, [this](std::size_t, const auto& change) { return persist(change); }).tell("one"));
  EXPECT_EQ(told(), "[one][one]");
}

TEST_F(TellerTest, SendsNothingOfATaskThatIsGone) {
  log.remove("alice", kId);
  EXPECT_FALSE(teller.tell("one"));
}

TEST_F(TellerTest, MakesAnyTextAMessage) {
  EXPECT_TRUE(teller.tell(std::string("\0\xff", 2)));
  EXPECT_EQ(told(), "[??]");
  EXPECT_TRUE(teller.tell(std::string(61441, 'x')));
  EXPECT_EQ(told(), "[??][" + std::string(61440, 'x') + "]");
}

}  // namespace
}  // namespace taskwire::engine
