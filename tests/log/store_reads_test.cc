#include "log/store_reads.h"

#include <gtest/gtest.h>

#include "engine/support/blocking_store.h"
#include "engine/support/test_log.h"

namespace taskwire::engine {
namespace {

class StoreReadsTest : public testing::Test {
 protected:
  void read(const std::string& name, StoreReads::Reader reader = StoreReads::Reader::caller,
            StoreReads::IsGone is_gone = {}) {
    reads.read<std::string>(
        reader, [name](ReadTransaction&) -> Result<std::string> { return name; },
        [this, name](const Result<std::string>& answer) {
          answers.put(answer ? *answer : name + " " + answer.error().name());
        },
        std::move(is_gone));
  }
  /// Makes one read that waits.
  void occupy() {
    store.block();
    read("slow");
    ASSERT_TRUE(store.blocked.take());
  }

  TestLog kept;
  BlockingStore store{*kept.store};
  std::unique_ptr<EventLog> log = *EventLog::open(store, {});
  Inbox<std::string> answers;
  StoreReads reads{*log, {.threads = 1, .waiting = 2}};
};

TEST_F(StoreReadsTest, RefuseMoreThanMayWait) {
  occupy();
  for (const auto* const name : {"a", "b", "c"}) read(name);
  EXPECT_EQ(answers.take(), "c TOO_MANY_READS");
  read("own", StoreReads::Reader::engine);
  store.open();
  for (const auto* const name : {"slow", "a", "b", "own"}) EXPECT_EQ(answers.take(), name);
  read("later");
  EXPECT_EQ(answers.take(), "later") << "there is room again";
}

TEST_F(StoreReadsTest, TakeOutWhoHasGoneBeforeTheyRefuse) {
  occupy();
  read("a", StoreReads::Reader::caller, [] { return true; });
  read("b", StoreReads::Reader::caller, [] { return false; });
  read("c");
  EXPECT_EQ(answers.take(), "a CANCELLED");
  store.open();
  for (const auto* const name : {"slow", "b", "c"}) EXPECT_EQ(answers.take(), name);
}

TEST_F(StoreReadsTest, DoNotReadForWhoHasGone) {
  occupy();
  const int before = store.reads;
  read("a", StoreReads::Reader::caller, [] { return true; });
  store.open();
  EXPECT_EQ(answers.take(), "slow");
  EXPECT_EQ(answers.take(), "a CANCELLED");
  EXPECT_EQ(store.reads, before);
}

TEST_F(StoreReadsTest, AnswerWhatWaitsBeforeTheyStopAndRefuseWhatComes) {
  read("a");
  reads.stop();
  EXPECT_EQ(answers.take(), "a");
  read("b");
  EXPECT_EQ(answers.take(), "b SHUTTING_DOWN");
}

}  // namespace
}  // namespace taskwire::engine
