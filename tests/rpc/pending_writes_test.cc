#include "rpc/pending_writes.h"

#include <gtest/gtest.h>
#include <optional>
#include <utility>

#include "engine/support/manual_clock.h"

namespace taskwire::rpc {
namespace {

class Call final : public Cuttable {
 public:
  explicit Call(PendingWrites& writes, bool ends_within_cut = false)
      : writes_(writes), ends_within_cut_(ends_within_cut) {}
  void write(std::size_t bytes) { id_ = writes_.begin(*this, bytes); }
  void end() { writes_.end(*std::exchange(id_, std::nullopt)); }
  void cut() override {
    is_cut = true;
    if (ends_within_cut_) end();
  }

  bool is_cut = false;

 private:
  PendingWrites& writes_;
  const bool ends_within_cut_;
  std::optional<PendingWrites::Id> id_;
};

class PendingWritesTest : public testing::Test {
 protected:
  engine::ManualClock clock;
  PendingWrites writes{100, clock};
};

TEST_F(PendingWritesTest, OfCallersWhoReadAreLeftAlone) {
  Call call(writes);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(writes.has_room());
    call.write(100);
    call.end();
    clock.advance(PendingWrites::kPatience);
  }
  EXPECT_FALSE(call.is_cut);
}

TEST_F(PendingWritesTest, BeyondTheLimitHoldUpOthersAndAreNotCutWhileTheyAreYoung) {
  Call first(writes);
  Call second(writes);
  first.write(60);
  EXPECT_TRUE(writes.has_room());
  second.write(60);
  EXPECT_FALSE(writes.has_room());
  EXPECT_FALSE(first.is_cut);
  EXPECT_FALSE(second.is_cut);
  first.end();
  EXPECT_TRUE(writes.has_room());
  second.end();
}

TEST_F(PendingWritesTest, ThatDoNotMoveAreCutTheLongestFirst) {
  Call first(writes);
  Call second(writes, true);
  Call third(writes);
  first.write(60);
  second.write(60);
  clock.advance(PendingWrites::kPatience);
  third.write(60);
  EXPECT_TRUE(writes.has_room());
  EXPECT_TRUE(first.is_cut);
  EXPECT_TRUE(second.is_cut) << "120 of 100 bytes were left";
  EXPECT_FALSE(third.is_cut);
  first.end();
  third.write(0);
  EXPECT_TRUE(writes.has_room());
}

}  // namespace
}  // namespace taskwire::rpc
