#include "gate/frame_guard.h"

#include <gtest/gtest.h>

#include "support/http2.h"

namespace taskwire::gate {
namespace {

using namespace test::http2;
using std::chrono::seconds;

class FrameGuardTest : public testing::Test {
 protected:
  static Limits limits() {
    return {.streams = 10, .streams_of_one = 9, .request_bytes = 1000, .resets = 5, .resets_per_second = 1};
  }
  static std::string begin(std::uint32_t stream) { return frame(headers, kEndHeaders, stream, call_block("/x")); }
  /// What the engine sends at a call's end.
  static std::string answer(std::uint32_t stream) { return frame(headers, kEndHeaders | kEndStream, stream); }
  Fault client(const std::string& bytes) { return guard.from_client(bytes, now); }
  Fault engine(const std::string& bytes) { return guard.from_engine(bytes, now); }

  engine::SteadyTime now{seconds(1000)};
  Allowance allowance{limits()};
  FrameGuard guard{allowance};
};

TEST_F(FrameGuardTest, WantsHttp2) {
  EXPECT_EQ(client("PRI * HTTP"), Fault::none);
  EXPECT_FALSE(guard.is_introduced());
  EXPECT_EQ(client("/1.1\r\n"), Fault::not_http2);
  FrameGuard other(allowance);
  EXPECT_EQ(other.from_client("GET / HTTP/1.1\r\n\r\n", now), Fault::not_http2);
}

TEST_F(FrameGuardTest, CountsWhatComesByteByByte) {
  for (const char byte : greeting() + begin(1) + last_message(1) + begin(3)) ASSERT_EQ(client({byte}), Fault::none);
  EXPECT_TRUE(guard.is_introduced());
  EXPECT_EQ(guard.last_stream(), 3U);
  EXPECT_EQ(allowance.streams, 2U);
  EXPECT_EQ(allowance.request_bytes, 5U);
  for (const char byte : answer(1)) ASSERT_EQ(engine({byte}), Fault::none);
  EXPECT_EQ(allowance.streams, 1U);
  EXPECT_EQ(allowance.request_bytes, 0U);
}

TEST_F(FrameGuardTest, LeavesNothingBehind) {
  {
    FrameGuard other(allowance);
    EXPECT_EQ(other.from_client(greeting() + begin(1) + frame(data, 0, 1, "abc") + begin(3), now), Fault::none);
    EXPECT_EQ(allowance.connections, 2U);
  }
  EXPECT_EQ(allowance.connections, 1U);
  EXPECT_EQ(allowance.streams, 0U);
  EXPECT_EQ(allowance.request_bytes, 0U);
}

TEST_F(FrameGuardTest, BoundsAHeaderBlockInBytes) {
  ASSERT_EQ(client(greeting() + frame(headers, 0, 1, call_block("/x"))), Fault::none);
  const auto more = frame(continuation, 0, 1, std::string(16384, 'x'));
  for (int i = 0; i < 3; ++i) ASSERT_EQ(client(more), Fault::none);
  EXPECT_EQ(client(more), Fault::header_too_large);
}

TEST_F(FrameGuardTest, BoundsAHeaderBlockInFrames) {
  ASSERT_EQ(client(greeting() + frame(headers, 0, 1, call_block("/x"))), Fault::none);
  for (int i = 0; i < 15; ++i) ASSERT_EQ(client(frame(continuation, 0, 1)), Fault::none);
  EXPECT_EQ(client(frame(continuation, 0, 1)), Fault::header_too_large);
}

TEST_F(FrameGuardTest, BeginsToCountAnewWithEachHeaderBlock) {
  ASSERT_EQ(client(greeting()), Fault::none);
  for (std::uint32_t stream = 1; stream < 18; stream += 2) {
    ASSERT_EQ(client(frame(headers, 0, stream, std::string(30'000, 'x'))), Fault::none);
    ASSERT_EQ(client(frame(continuation, kEndHeaders, stream, std::string(30'000, 'x'))), Fault::none);
  }
}

TEST_F(FrameGuardTest, BoundsAbortedCallsOfAllConnections) {
  ASSERT_EQ(client(greeting()), Fault::none);
  FrameGuard other(allowance);
  ASSERT_EQ(other.from_client(greeting() + begin(1) + reset(1) + begin(3) + reset(3), now), Fault::none);
  for (std::uint32_t stream = 1; stream < 6; stream += 2) ASSERT_EQ(client(begin(stream) + reset(stream)), Fault::none);
  EXPECT_EQ(client(begin(7) + reset(7)), Fault::too_many_resets);
}

TEST_F(FrameGuardTest, AllowsMoreAbortedCallsInTime) {
  ASSERT_EQ(client(greeting()), Fault::none);
  for (std::uint32_t stream = 1; stream < 11; stream += 2)
    ASSERT_EQ(client(begin(stream) + reset(stream)), Fault::none);
  for (std::uint32_t stream = 11; stream < 31; stream += 2) {
    now += seconds(1);
    ASSERT_EQ(client(begin(stream) + reset(stream)), Fault::none);
  }
}

TEST_F(FrameGuardTest, CountsWhatTheEngineAborts) {
  ASSERT_EQ(client(greeting()), Fault::none);
  Fault fault = Fault::none;
  std::uint32_t stream = 1;
  for (; stream < 100 && fault == Fault::none; stream += 2) {
    ASSERT_EQ(client(begin(stream)), Fault::none);
    fault = engine(reset(stream));
  }
  EXPECT_EQ(fault, Fault::too_many_resets);
  EXPECT_EQ(stream, 13U);
}

TEST_F(FrameGuardTest, LetsACallBeAbortedForEachThatEndedInOrder) {
  ASSERT_EQ(client(greeting()), Fault::none);
  std::uint32_t stream = 1;
  for (int i = 0; i < 50; ++i, stream += 2) {
    ASSERT_EQ(client(begin(stream)), Fault::none);
    ASSERT_EQ(engine(answer(stream) + reset(stream)), Fault::none) << "the reset after the end is no abort";
  }
  for (int i = 0; i < 55; ++i, stream += 2) ASSERT_EQ(client(begin(stream) + reset(stream)), Fault::none) << i;
  EXPECT_EQ(client(begin(stream) + reset(stream)), Fault::too_many_resets);
}

TEST_F(FrameGuardTest, StopsTheConnectionThatHoldsMostStreams) {
  FrameGuard modest(allowance);
  ASSERT_EQ(modest.from_client(greeting() + begin(1), now), Fault::none);
  ASSERT_EQ(client(greeting()), Fault::none);
  std::uint32_t stream = 1;
  for (; stream < 17; stream += 2) ASSERT_EQ(client(begin(stream)), Fault::none);
  EXPECT_EQ(modest.from_client(begin(3) + begin(5), now), Fault::none);
  EXPECT_EQ(client(begin(stream)), Fault::too_many_streams);
}

TEST_F(FrameGuardTest, BoundsTheStreamsOfOneConnection) {
  ASSERT_EQ(client(greeting()), Fault::none);
  for (std::uint32_t stream = 1; stream < 19; stream += 2) ASSERT_EQ(client(begin(stream)), Fault::none);
  EXPECT_EQ(client(begin(19)), Fault::streams_beyond_settings);
}

TEST_F(FrameGuardTest, TakesCallsThatAConnectionLeavesOpenForAborted) {
  for (int i = 0; i < 2; ++i) {
    FrameGuard other(allowance);
    ASSERT_EQ(other.from_client(greeting(), now), Fault::none);
    for (std::uint32_t stream = 1; stream < 8; stream += 2)
      ASSERT_EQ(other.from_client(begin(stream), now), Fault::none) << stream;
  }
  ASSERT_EQ(client(greeting()), Fault::none);
  for (std::uint32_t stream = 1; stream < 8; stream += 2) ASSERT_EQ(client(begin(stream)), Fault::none);
  EXPECT_EQ(client(begin(9)), Fault::too_many_resets);
  now += seconds(5);
  FrameGuard later(allowance);
  EXPECT_EQ(later.from_client(greeting() + begin(1) + begin(3) + begin(5) + begin(7) + begin(9), now), Fault::none);
}

TEST_F(FrameGuardTest, StopsTheConnectionThatHoldsMostOfRequests) {
  FrameGuard modest(allowance);
  ASSERT_EQ(modest.from_client(greeting() + begin(1), now), Fault::none);
  ASSERT_EQ(client(greeting() + begin(1) + frame(data, 0, 1, std::string(900, 'x'))), Fault::none);
  EXPECT_EQ(modest.from_client(frame(data, 0, 1, std::string(200, 'x')), now), Fault::none);
  EXPECT_EQ(client(frame(data, 0, 1, "x")), Fault::too_many_bytes);
}

TEST_F(FrameGuardTest, BoundsFramesThatCarryNothing) {
  for (const auto& each : {frame(ping, 0, 0, "12345678"), frame(settings, 0, 0), frame(data, 0, 1), reset(1)}) {
    FrameGuard other(allowance);
    ASSERT_EQ(other.from_client(greeting(), now), Fault::none);
    int count = 1;  // the SETTINGS of the greeting
    while (other.from_client(each, now) == Fault::none) ++count;
    EXPECT_EQ(count, 1000);
  }
}

TEST_F(FrameGuardTest, CountsSuchFramesAnewAfterAnAnswer) {
  ASSERT_EQ(client(greeting() + begin(1)), Fault::none);
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(client(frame(window_update, 0, 0, "1234")), Fault::none);
    if (i % 900 == 0) {
      ASSERT_EQ(engine(frame(data, 0, 1, "x")), Fault::none);
    }
  }
}

TEST_F(FrameGuardTest, KnowsWhenItMaySpeak) {
  EXPECT_FALSE(guard.may_speak());
  ASSERT_EQ(client(greeting()), Fault::none);
  EXPECT_TRUE(guard.may_speak());
  ASSERT_EQ(engine(frame(data, 0, 1, "abc").substr(0, 10)), Fault::none);
  EXPECT_FALSE(guard.may_speak());
  ASSERT_EQ(engine("bc"), Fault::none);
  EXPECT_TRUE(guard.may_speak());
}

}  // namespace
}  // namespace taskwire::gate
