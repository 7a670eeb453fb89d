#include "rpc/pending_writes.h"

#include <gtest/gtest.h>
#include <optional>
#include <utility>

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

TEST(PendingWrites, OfCallersWhoReadAreLeftAlone) {
  gate::Complaints complaints;
  PendingWrites writes(100, complaints);
  Call call(writes);
  for (int i = 0; i < 10; ++i) {
    call.write(80);
    call.end();
  }
  EXPECT_FALSE(call.is_cut);
}

TEST(PendingWrites, BeyondTheLimitAreCutTheLongestFirst) {
  gate::Complaints complaints;
  PendingWrites writes(100, complaints);
  Call first(writes);
  Call second(writes, true);
  Call third(writes);
  Call fourth(writes);
  first.write(40);
  second.write(40);
  third.write(40);
  EXPECT_TRUE(first.is_cut);
  EXPECT_FALSE(second.is_cut);
  first.end();
  fourth.write(40);
  EXPECT_TRUE(second.is_cut);
  EXPECT_FALSE(third.is_cut);
  third.end();
  fourth.end();
  first.write(100);
  EXPECT_FALSE(third.is_cut);
  first.end();
}

TEST(PendingWrites, AreNotCutWhereOneAloneIsTooLarge) {
  gate::Complaints complaints;
  PendingWrites writes(100, complaints);
  Call call(writes);
  call.write(200);
  EXPECT_FALSE(call.is_cut);
  call.end();
}

}  // namespace
}  // namespace taskwire::rpc
