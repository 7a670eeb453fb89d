#include "bench/payload.h"

#include <gtest/gtest.h>
#include <limits>

namespace taskwire::bench {
namespace {

std::string written(const Payload& payload, std::size_t size = 0) {
  std::string text;
  append_payload(text, payload, size);
  return text;
}

TEST(Payload, IsReadAsItWasWritten) {
  const Payload payload{.channel = 7, .sequence = 12, .due = 1'234'567'890};
  EXPECT_EQ(written(payload), "bench:7:12:1234567890:");
  EXPECT_EQ(find_payload(written(payload)), payload);
}

TEST(Payload, FitsAtItsLargest) {
  const Payload largest{.channel = std::numeric_limits<std::uint32_t>::max(),
                        .sequence = std::numeric_limits<std::uint64_t>::max(),
                        .due = std::numeric_limits<Nanoseconds>::max()};
  EXPECT_LE(written(largest).size(), kPayloadBytes);
  EXPECT_EQ(find_payload(written(largest, 100)), largest);
}

TEST(Payload, IsPaddedToItsSize) {
  const auto text = written({.channel = 1, .sequence = 1, .due = 1}, 200);
  EXPECT_EQ(text.size(), 200U);
  EXPECT_EQ(text.find_first_of("\"\\{}<>&\n"), std::string::npos) << "it needs no escaping";
}

TEST(Payload, IsFoundWithinSomethingElse) {
  const Payload first{.channel = 1, .sequence = 2, .due = 3};
  const Payload second{.channel = 4, .sequence = 5, .due = 6};
  const auto text = "{\"events\":[\"" + written(first) + "\",\"bench:x\",\"" + written(second, 80) + "\"]}";
  std::string_view rest = text;
  EXPECT_EQ(take_payload(rest), first);
  EXPECT_EQ(take_payload(rest), second);
  EXPECT_EQ(take_payload(rest), std::nullopt);
}

TEST(Payload, IsNotSeenInWhatIsNone) {
  for (const auto* const text : {"", "bench:", "bench:1:2:3", "bench:1:2:x:", "bench:-1:2:3:", "{\"timestamp\":1}"})
    EXPECT_EQ(find_payload(text), std::nullopt) << text;
}

}  // namespace
}  // namespace taskwire::bench
