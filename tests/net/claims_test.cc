#include "net/claims.h"

#include <atomic>
#include <gtest/gtest.h>
#include <optional>
#include <vector>

#include "net/fake_engine.h"
#include "support/deadline.h"

namespace taskwire::edge {
namespace {

class ClaimsTest : public testing::Test {
 protected:
  void SetUp() override {
    engine.let_claims_wait();
    ASSERT_TRUE(way->WaitForConnected(std::chrono::system_clock::now() + test::kPatience));
  }
  ~ClaimsTest() override { claims.shutdown(); }

  std::shared_ptr<Claims::Call> claim(std::int64_t wait_ms = 60'000) {
    auto call = std::make_shared<Claims::Call>();
    call->request.set_wait_ms(wait_ms);
    claims.start(call, [this](const Result<v1::ClaimResponse>& result) {
      const std::scoped_lock lock(mutex);
      if (result) {
        ++answers;
      } else {
        refusals.push_back(result.error().reason);
      }
    });
    return call;
  }
  bool is_refused(Reason reason) {
    return test::eventually([&] {
      const std::scoped_lock lock(mutex);
      return refusals == std::vector{reason};
    });
  }

  std::mutex mutex;
  int answers = 0;
  std::vector<Reason> refusals;
  FakeEngine engine;
  EngineChannel channel{engine.address()};
  std::shared_ptr<grpc::Channel> way = channel.now()->channel;
  Claims claims{channel, 1002};
};

TEST_F(ClaimsTest, HaveAConnectionForEvery500) {
  for (int i = 0; i < 1001; ++i) claim();
  EXPECT_EQ(claims.waiting(), 1001U);
  EXPECT_EQ(claims.connections(), 3U);
  ASSERT_TRUE(test::eventually([&] { return engine.waiting_claims() == 1001; }));
  EXPECT_EQ(engine.connections_of_claims(), 3U);
  engine.answer_claims();
  EXPECT_TRUE(test::eventually([&] { return claims.waiting() == 0; }));
  EXPECT_EQ(answers, 1001);
  claim();
  EXPECT_EQ(claims.connections(), 3U) << "they stay for the next";
}

TEST_F(ClaimsTest, AreBounded) {
  for (int i = 0; i < 1002; ++i) claim();
  EXPECT_TRUE(refusals.empty());
  claim();
  EXPECT_TRUE(is_refused(Reason::too_many_claims));
}

TEST_F(ClaimsTest, EndAtOnceWhereTheyAreCancelled) {
  const auto call = claim();
  ASSERT_TRUE(test::eventually([&] { return engine.waiting_claims() == 1; }));
  call->context.TryCancel();
  EXPECT_TRUE(is_refused(Reason::unknown_outcome));
  EXPECT_TRUE(test::eventually([&] { return engine.cancelled_claims() == 1; }));
}

TEST_F(ClaimsTest, HaveTimeForTheirWaitAndTheUsual) {
  using std::chrono::seconds;
  claim(30'000);
  ASSERT_TRUE(test::eventually([&] { return engine.waiting_claims() == 1; }));
  EXPECT_GT(engine.last_patience(), seconds(30));
  EXPECT_LE(engine.last_patience(), seconds(36));
  for (const auto wait : {std::int64_t{-1}, std::int64_t{1} << 53}) {
    claim(wait);
    ASSERT_TRUE(test::eventually([&] { return engine.waiting_claims() == (wait < 0 ? 2U : 3U); }));
    EXPECT_LE(engine.last_patience(), seconds(wait < 0 ? 6 : 66)) << "rounded up; the engine refuses it";
  }
}

TEST_F(ClaimsTest, AreNotSentWhereThereIsNoEngine) {
  engine.stop();
  ASSERT_TRUE(test::eventually([&] { return way->GetState(false) != GRPC_CHANNEL_READY; }));
  claim();
  EXPECT_TRUE(is_refused(Reason::engine_unavailable));
}

TEST_F(ClaimsTest, DoNotKnowTheirOutcomeWhenTheEngineGoes) {
  claim();
  ASSERT_TRUE(test::eventually([&] { return engine.waiting_claims() == 1; }));
  engine.stop();
  EXPECT_TRUE(is_refused(Reason::unknown_outcome));
}

TEST_F(ClaimsTest, EndWithTheEdge) {
  claim();
  claims.shutdown();
  EXPECT_TRUE(is_refused(Reason::unknown_outcome));
  refusals.clear();
  claim();
  EXPECT_TRUE(is_refused(Reason::shutting_down));
}

}  // namespace
}  // namespace taskwire::edge
