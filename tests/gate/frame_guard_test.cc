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
    return {.streams = 10,
            .streams_of_one = 9,
            .request_bytes = 1000,
            .resets = 5,
            .resets_per_second = 1,
            .advances = 20,
            .advances_per_second = 1};
  }
  static std::string begin(std::uint32_t stream) { return frame(headers, kEndHeaders, stream, call_block("/x")); }
  /// What the engine sends at a call's end.
  static std::string answer(std::uint32_t stream) { return frame(headers, kEndHeaders | kEndStream, stream); }
  /// A message of a request that goes on.
  static std::string message(std::uint32_t stream, std::size_t size) {
    const std::string length{static_cast<char>(size >> 8), static_cast<char>(size)};
    return frame(data, 0, stream, std::string(3, '\0') + length + std::string(size, 'x'));
  }
  /// What the engine says where it has taken what came so far.
  static std::string taken(std::uint32_t stream) { return frame(window_update, 0, stream, "1234"); }
  Fault client(const std::string& bytes) { return pass(guard, bytes); }
  /// What `who` says of bytes that it lets pass whole.
  Fault pass(FrameGuard& who, const std::string& bytes) {
    const auto verdict = who.from_client(bytes, now);
    if (verdict.fault == Fault::none) {
      EXPECT_EQ(verdict.passes, bytes.size());
    }
    return verdict.fault;
  }
  Fault engine(const std::string& bytes) { return guard.from_engine(bytes, now).fault; }
  /// Begins calls until the engine owes the others nothing more.
  void use_up_advances() {
    while (allowance.advances.take(now)) {
    }
  }

  engine::SteadyTime now{seconds(1000)};
  Allowance allowance{limits()};
  FrameGuard guard{allowance};
};

TEST_F(FrameGuardTest, WantsHttp2) {
  EXPECT_EQ(client("PRI * HTTP"), Fault::none);
  EXPECT_FALSE(guard.is_introduced());
  EXPECT_EQ(client("/1.1\r\n"), Fault::not_http2);
  FrameGuard other(allowance);
  EXPECT_EQ(pass(other, "GET / HTTP/1.1\r\n\r\n"), Fault::not_http2);
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
    EXPECT_EQ(pass(other, greeting() + begin(1) + frame(data, 0, 1, "abc") + begin(3)), Fault::none);
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

TEST_F(FrameGuardTest, BoundsAbortedCallsOfEachConnection) {
  FrameGuard other(allowance);
  ASSERT_EQ(pass(other, greeting()), Fault::none);
  Fault fault = Fault::none;
  std::uint32_t stream = 1;
  for (; fault == Fault::none && stream < 100; stream += 2) fault = pass(other, begin(stream) + reset(stream));
  EXPECT_EQ(fault, Fault::too_many_resets);
  EXPECT_EQ(stream, 13U);
  ASSERT_EQ(client(greeting()), Fault::none);
  for (stream = 1; stream < 11; stream += 2) ASSERT_EQ(client(begin(stream) + reset(stream)), Fault::none) << stream;
}

TEST_F(FrameGuardTest, MakesCallsWaitThatNobodyHasAnsweredWhereTooManyAreBegun) {
  use_up_advances();
  ASSERT_EQ(client(greeting() + begin(1) + begin(3) + begin(5) + begin(7)), Fault::none);
  const auto more = frame(ping, 0, 0, "12345678") + begin(9) + begin(11);
  const auto verdict = guard.from_client(more, now);
  EXPECT_EQ(verdict.fault, Fault::none);
  EXPECT_EQ(verdict.passes, 17 + 8U) << "a header without its last byte begins nothing";
  const auto rest = more.substr(verdict.passes);
  EXPECT_EQ(guard.from_client(rest, now).passes, 0U);
  EXPECT_EQ(allowance.streams, 4U);
  ASSERT_EQ(engine(answer(1)), Fault::none);
  EXPECT_EQ(client(rest), Fault::none) << "an answered call stands for two";
  EXPECT_EQ(guard.last_stream(), 11U);
}

TEST_F(FrameGuardTest, LetsCallsThatWaitBeginInTime) {
  use_up_advances();
  ASSERT_EQ(client(greeting() + begin(1) + begin(3) + begin(5) + begin(7)), Fault::none);
  EXPECT_EQ(guard.from_client(begin(9), now).passes, 8U);
  now += seconds(1);
  const auto rest = begin(9).substr(8);
  EXPECT_EQ(client(rest), Fault::none);
}

TEST_F(FrameGuardTest, HoldsUpNobodyWhoseCallsAreAnswered) {
  ASSERT_EQ(client(greeting()), Fault::none);
  use_up_advances();
  for (std::uint32_t stream = 1; stream < 9; stream += 2) {
    ASSERT_EQ(client(begin(stream)), Fault::none);
    ASSERT_EQ(engine(frame(headers, kEndHeaders, stream) + frame(data, 0, stream, "x")), Fault::none);
  }
  EXPECT_EQ(client(begin(9) + begin(11) + begin(13) + begin(15) + begin(17)), Fault::none);
}

TEST_F(FrameGuardTest, HoldsTheEndOfARequestWhileManyHaveNoAnswer) {
  Allowance few{{.unanswered = 6}};
  FrameGuard one(few);
  ASSERT_EQ(pass(one, greeting()), Fault::none);
  for (std::uint32_t stream = 1; stream < 13; stream += 2)
    ASSERT_EQ(pass(one, begin(stream) + last_message(stream)), Fault::none);
  const auto more = begin(13) + last_message(13);
  const auto verdict = one.from_client(more, now);
  EXPECT_EQ(verdict.fault, Fault::none);
  EXPECT_EQ(verdict.passes, begin(13).size() + 8U);
  EXPECT_EQ(one.waits_for(), FrameGuard::Wait::answers);
  const auto rest = more.substr(verdict.passes);
  EXPECT_EQ(one.from_client(rest, now).passes, 0U);
  ASSERT_EQ(one.from_engine(answer(5), now).fault, Fault::none);
  EXPECT_EQ(one.waits_for(), FrameGuard::Wait::none);
  EXPECT_EQ(pass(one, rest), Fault::none);
}

TEST_F(FrameGuardTest, LetsRequestsGoOnThatAreNotWhole) {
  Allowance few{{.unanswered = 4}};
  FrameGuard one(few);
  ASSERT_EQ(pass(one, greeting()), Fault::none);
  for (std::uint32_t stream = 1; stream < 41; stream += 2) ASSERT_EQ(pass(one, begin(stream)), Fault::none);
  for (std::uint32_t stream = 1; stream < 41; stream += 2) ASSERT_EQ(pass(one, message(stream, 100)), Fault::none);
  for (std::uint32_t stream = 1; stream < 9; stream += 2) ASSERT_EQ(pass(one, last_message(stream)), Fault::none);
  EXPECT_EQ(one.from_client(last_message(9), now).passes, 8U);
  ASSERT_EQ(one.from_engine(frame(rst_stream, 0, 1, "1234"), now).fault, Fault::none);
  EXPECT_EQ(pass(one, last_message(9).substr(8)), Fault::none) << "one that ended without an answer";
}

TEST_F(FrameGuardTest, SharesWhatMayBeUnansweredAmongThoseWhoAsk) {
  Allowance few{{.unanswered = 12}};
  FrameGuard one(few);
  FrameGuard idle(few);
  auto other = std::make_unique<FrameGuard>(few);
  for (auto* const each : {&one, &idle, other.get()}) ASSERT_EQ(pass(*each, greeting()), Fault::none);
  const auto call = [](std::uint32_t stream) { return begin(stream) + last_message(stream); };
  for (std::uint32_t stream = 1; stream < 7; stream += 2) ASSERT_EQ(pass(*other, call(stream)), Fault::none);
  for (std::uint32_t stream = 1; stream < 19; stream += 2) ASSERT_EQ(pass(one, call(stream)), Fault::none);
  const auto tenth = call(19);
  const auto passes = one.from_client(tenth, now).passes;
  ASSERT_LT(passes, tenth.size()) << "there are twelve, and it has more than half";
  EXPECT_EQ(one.waits_for(), FrameGuard::Wait::answers);
  EXPECT_EQ(pass(idle, call(1)), Fault::none) << "who has none may have one";
  EXPECT_EQ(pass(*other, call(7)), Fault::none) << "nor has the other its share";
  for (std::uint32_t stream = 1; stream < 7; stream += 2)
    ASSERT_EQ(other->from_engine(answer(stream), now).fault, Fault::none);
  EXPECT_EQ(one.waits_for(), FrameGuard::Wait::none) << "there are eleven";
  ASSERT_EQ(pass(*other, call(9)), Fault::none);
  EXPECT_EQ(one.waits_for(), FrameGuard::Wait::answers);
  other.reset();
  EXPECT_EQ(pass(one, tenth.substr(passes)), Fault::none) << "the other has gone";
}

TEST_F(FrameGuardTest, TakesARequestForWholeWhenItsLastByteHasCome) {
  ASSERT_EQ(client(greeting() + begin(1)), Fault::none);
  const auto last = last_message(1);
  for (std::size_t i = 0; i + 1 < last.size(); ++i) ASSERT_EQ(client(last.substr(i, 1)), Fault::none);
  EXPECT_FALSE(guard.has_request());
  EXPECT_EQ(allowance.unanswered, 0U);
  ASSERT_EQ(client(last.substr(last.size() - 1)), Fault::none);
  EXPECT_TRUE(guard.has_request());
  EXPECT_EQ(allowance.unanswered, 1U);
  ASSERT_EQ(client(frame(headers, kEndStream, 3, "half of")), Fault::none);
  EXPECT_EQ(allowance.unanswered, 1U);
  ASSERT_EQ(client(frame(continuation, kEndHeaders, 3, " a block")), Fault::none);
  EXPECT_EQ(allowance.unanswered, 2U);
  ASSERT_EQ(engine(frame(headers, kEndHeaders, 1)), Fault::none);
  EXPECT_EQ(allowance.unanswered, 1U);
  EXPECT_TRUE(guard.has_request()) << "it is answered, and goes on";
  ASSERT_EQ(client(reset(3)), Fault::none);
  ASSERT_EQ(engine(answer(1)), Fault::none);
  EXPECT_EQ(allowance.unanswered, 0U);
  EXPECT_EQ(allowance.asking, 0U);
  EXPECT_FALSE(guard.has_request());
}

TEST_F(FrameGuardTest, CountsNoRequestThatIsAnsweredBeforeItsEnd) {
  Allowance none{{.unanswered = 0}};
  FrameGuard one(none);
  ASSERT_EQ(pass(one, greeting() + begin(1) + last_message(1) + begin(3)), Fault::none);
  ASSERT_EQ(one.from_engine(frame(headers, kEndHeaders, 3), now).fault, Fault::none);
  EXPECT_EQ(pass(one, last_message(3)), Fault::none);
  EXPECT_EQ(none.unanswered, 1U);
  ASSERT_EQ(one.from_engine(answer(3), now).fault, Fault::none);
  EXPECT_EQ(none.unanswered, 1U);
}

TEST_F(FrameGuardTest, BlamesNobodyForCallsThatAnotherLeft) {
  for (int i = 0; i < 20; ++i) {
    FrameGuard other(allowance);
    ASSERT_EQ(pass(other, greeting()), Fault::none);
    for (std::uint32_t stream = 1; stream < 17; stream += 2)
      ASSERT_EQ(other.from_client(begin(stream), now).fault, Fault::none);
  }
  ASSERT_EQ(client(greeting()), Fault::none);
  for (std::uint32_t stream = 1; stream < 1000; stream += 2) {
    ASSERT_EQ(client(begin(stream) + last_message(stream)), Fault::none);
    ASSERT_EQ(engine(answer(stream)), Fault::none);
  }
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
  // Each takes credit for its beginning too: of 54 the first 5 take 1, the others 2, then come 20 advances.
  for (int i = 0; i < 29; ++i, stream += 2) ASSERT_EQ(client(begin(stream) + reset(stream)), Fault::none) << i;
  EXPECT_EQ(client(begin(stream) + reset(stream)), Fault::too_many_resets);
}

TEST_F(FrameGuardTest, StopsTheConnectionThatHoldsMostStreams) {
  FrameGuard modest(allowance);
  ASSERT_EQ(pass(modest, greeting() + begin(1)), Fault::none);
  ASSERT_EQ(client(greeting()), Fault::none);
  std::uint32_t stream = 1;
  for (; stream < 17; stream += 2) ASSERT_EQ(client(begin(stream)), Fault::none);
  EXPECT_EQ(pass(modest, begin(3) + begin(5)), Fault::none);
  EXPECT_EQ(client(begin(stream)), Fault::too_many_streams);
}

TEST_F(FrameGuardTest, BoundsTheStreamsOfOneConnection) {
  ASSERT_EQ(client(greeting()), Fault::none);
  for (std::uint32_t stream = 1; stream < 19; stream += 2) ASSERT_EQ(client(begin(stream)), Fault::none);
  EXPECT_EQ(client(begin(19)), Fault::streams_beyond_settings);
}

TEST_F(FrameGuardTest, StopsTheConnectionThatHoldsMostOfRequests) {
  FrameGuard modest(allowance);
  ASSERT_EQ(pass(modest, greeting() + begin(1)), Fault::none);
  ASSERT_EQ(client(greeting() + begin(1) + message(1, 895)), Fault::none);
  EXPECT_EQ(pass(modest, message(1, 195)), Fault::none);
  EXPECT_EQ(client(frame(data, 0, 1, "x")), Fault::too_many_bytes);
}

TEST_F(FrameGuardTest, CountsWhatACallHasNotTaken) {
  ASSERT_EQ(client(greeting() + begin(1)), Fault::none);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(client(message(1, 295) + message(1, 95)), Fault::none) << i;
    ASSERT_EQ(engine(taken(1)), Fault::none);
    ASSERT_EQ(allowance.request_bytes, 300U) << "the first may be used as long as the call lasts";
  }
  ASSERT_EQ(client(message(1, 395) + message(1, 295)), Fault::none);
  EXPECT_EQ(client(message(1, 95)), Fault::too_many_bytes);
}

TEST_F(FrameGuardTest, TakesAPartOfAMessageForHeldWhateverTheCallAsksFor) {
  ASSERT_EQ(client(greeting() + begin(1) + message(1, 95)), Fault::none);
  const auto large = message(1, 2000).substr(9);
  for (std::size_t at = 0; at < 900; at += 100) {
    ASSERT_EQ(client(frame(data, 0, 1, large.substr(at, 100))), Fault::none) << at;
    ASSERT_EQ(engine(taken(1) + frame(data, 0, 1, "x")), Fault::none);
  }
  EXPECT_EQ(client(frame(data, 0, 1, "x")), Fault::too_many_bytes);
}

TEST_F(FrameGuardTest, BoundsFramesThatCarryNothing) {
  for (const auto& each : {frame(ping, 0, 0, "12345678"), frame(settings, 0, 0), frame(data, 0, 1), reset(1)}) {
    FrameGuard other(allowance);
    ASSERT_EQ(pass(other, greeting()), Fault::none);
    int count = 1;  // the SETTINGS of the greeting
    while (pass(other, each) == Fault::none) ++count;
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
