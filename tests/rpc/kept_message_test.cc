#include "rpc/kept_message.h"

#include <gtest/gtest.h>

#include "base/wire.h"
#include "taskwire/v1/event_service.pb.h"

namespace taskwire::rpc {
namespace {

using Batch = v1::PublishBatchRequest;

std::string batch(int events, std::size_t data) {
  Batch batch;
  for (int i = 0; i < events; ++i) batch.add_events()->set_data(std::string(data, 'x'));
  return batch.SerializeAsString();
}

TEST(KeptMessage, HoldsNothingOfTheOneBeforeAlsoOfOneThatIsNone) {
  KeptMessage<Batch> kept;
  for (const auto& bytes : {batch(3, 100), batch(2, 100) + "\xff\xff", batch(1, 10)}) {
    Batch wanted;
    const bool is_one = engine::read_message(bytes, wanted);
    auto& message = kept.next(bytes.size());
    EXPECT_EQ(engine::read_message(bytes, message), is_one);
    if (is_one) {
      EXPECT_EQ(message.SerializeAsString(), wanted.SerializeAsString());
    }
  }
}

TEST(KeptMessage, ServesTheNextWithTheSameMemory) {
  KeptMessage<Batch> kept;
  const auto bytes = batch(100, 200);
  auto& message = kept.next(bytes.size());
  ASSERT_TRUE(engine::read_message(bytes, message));
  const auto* const data = message.events(99).data().data();
  ASSERT_TRUE(engine::read_message(bytes, kept.next(bytes.size())));
  EXPECT_EQ(message.events(99).data().data(), data);
}

TEST(KeptMessage, GrowsOnlySoFarWhateverIsLargeInTurn) {
  KeptMessage<Batch> kept;
  std::size_t most = 0;
  for (int large = 0; large < 1000; ++large) {
    Batch wanted;
    for (int i = 0; i < 1000; ++i) wanted.add_events()->set_data(std::string(i == large ? 60'000 : 0, 'x'));
    const auto bytes = wanted.SerializeAsString();
    auto& message = kept.next(bytes.size());
    ASSERT_TRUE(engine::read_message(bytes, message));
    most = std::max(most, message.SpaceUsedLong());
  }
  EXPECT_LT(most, 2 * KeptMessage<Batch>::kMostHeld);
  EXPECT_GT(most, KeptMessage<Batch>::kMostHeld / 2);
}

}  // namespace
}  // namespace taskwire::rpc
