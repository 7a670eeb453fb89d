// The checker finds what a bad server does.
#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>
#include <utility>

#include "load/faulty_server.h"
#include "load/runs.h"

namespace taskwire::test {
namespace {

using testing::HasSubstr;

/// 20 events to 3 readers by one caller, against a server that spoils them.
Measured measure(FaultyServer::Spoil spoil) {
  FaultyServer server(std::move(spoil));
  return bench({"fan-out", "--url", server.url(), "--server", "floor", "--readers", "3", "--rate", "100", "--time",
                "200ms", "--warm-up", "0ms", "--settle", "0ms", "--callers", "1", "--patience", "3s"});
}

TEST(Bite, NothingIsFoundWhereAllIsWell) {
  const auto measured = measure([](std::uint64_t /*count*/, const std::string& frame) { return frame; });
  EXPECT_EQ(measured.status, 0) << measured.output;
  EXPECT_EQ(measured.figure("deliveries"), 60);
  EXPECT_EQ(measured.faults(), "0 0 0 0 0");
}

TEST(Bite, ADroppedEventIsFound) {
  const auto measured =
      measure([](std::uint64_t count, const std::string& frame) { return count == 7 ? std::string() : frame; });
  EXPECT_EQ(measured.status, 1);
  EXPECT_EQ(measured.figure("deliveries"), 57);
  EXPECT_EQ(measured.faults(), "3 0 0 0 0");
}

TEST(Bite, ADroppedLastEventIsFound) {
  const auto measured =
      measure([](std::uint64_t count, const std::string& frame) { return count == 20 ? std::string() : frame; });
  EXPECT_EQ(measured.status, 1);
  EXPECT_EQ(measured.faults(), "3 0 0 0 0");
}

TEST(Bite, ADoubledEventIsFound) {
  const auto measured =
      measure([](std::uint64_t count, const std::string& frame) { return count == 7 ? frame + frame : frame; });
  EXPECT_EQ(measured.status, 1);
  EXPECT_EQ(measured.figure("deliveries"), 60) << "each counts once";
  EXPECT_EQ(measured.faults(), "0 3 0 0 0");
}

TEST(Bite, ALastEventThatIsDoubledAWhileLaterIsFound) {
  std::jthread later;
  FaultyServer* sender = nullptr;
  FaultyServer server([&](std::uint64_t count, const std::string& frame) {
    if (count == 20) {
      later = std::jthread([&sender, frame] {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        sender->send(frame);
      });
    }
    return frame;
  });
  sender = &server;
  const auto measured = bench({"fan-out", "--url", server.url(), "--server", "floor", "--readers", "3", "--rate", "100",
                               "--time", "200ms", "--warm-up", "0ms", "--settle", "2s", "--callers", "1"});
  later.join();
  EXPECT_EQ(measured.status, 1);
  EXPECT_EQ(measured.figure("deliveries"), 60);
  EXPECT_EQ(measured.faults(), "0 3 0 0 0");
}

TEST(Bite, SeveralInOneEventAreRead) {
  std::string held;
  const auto measured = measure([&](std::uint64_t count, const std::string& frame) {
    const auto data = frame.substr(frame.find("data: "));
    if (count % 2 == 1) {
      held = data.substr(0, data.size() - 1);
      return std::string();
    }
    return held + data;
  });
  EXPECT_EQ(measured.status, 0) << measured.output;
  EXPECT_EQ(measured.figure("deliveries"), 60);
}

TEST(Bite, AnEventWithoutEndIsGivenUp) {
  const auto measured = measure([](std::uint64_t count, const std::string& frame) {
    return count == 7 ? "data: " + std::string(17U << 20U, 'x') : frame;
  });
  EXPECT_EQ(measured.status, 1);
  EXPECT_EQ(measured.faults(), "42 0 0 0 3");
}

TEST(Bite, AChangedOrderIsFound) {
  std::string held;
  const auto measured = measure([&](std::uint64_t count, const std::string& frame) {
    if (count != 7) return frame + std::exchange(held, {});
    held = frame;
    return std::string();
  });
  EXPECT_EQ(measured.status, 1);
  EXPECT_EQ(measured.faults(), "0 0 3 0 0");
}

TEST(Bite, AnEventOfAnotherChannelIsFound) {
  const auto measured = measure([](std::uint64_t count, const std::string& frame) {
    return count == 7 ? "data: bench:5:1:1:\n\n" + frame : frame;
  });
  EXPECT_EQ(measured.status, 1);
  EXPECT_EQ(measured.faults(), "0 0 0 3 0");
}

TEST(Bite, AReaderThatIsCutIsFound) {
  FaultyServer server([](std::uint64_t /*count*/, const std::string& frame) { return frame; });
  server.set_stream_head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  const auto measured = bench({"fan-out", "--url", server.url(), "--server", "floor", "--readers", "3", "--rate", "100",
                               "--time", "200ms", "--warm-up", "0ms", "--settle", "0ms"});
  EXPECT_EQ(measured.status, 1) << measured.output;
  EXPECT_EQ(measured.faults(), "60 0 0 0 3");
}

TEST(Refusal, IsToldOfStreams) {
  FaultyServer server([](std::uint64_t /*count*/, const std::string& frame) { return frame; });
  server.set_stream_head("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
  const auto measured = bench({"idle", "--url", server.url(), "--server", "floor", "--readers", "3", "--time", "10ms"});
  EXPECT_EQ(measured.status, 3);
  EXPECT_THAT(measured.output, HasSubstr("3 of 3 streams could not be opened: status 503"));
}

TEST(Refusal, IsToldWhereNobodyListens) {
  const auto measured = bench({"idle", "--url", "http://127.0.0.1:1", "--readers", "3", "--time", "10ms"});
  EXPECT_EQ(measured.status, 3);
  EXPECT_THAT(measured.output, HasSubstr("Connection refused"));
}

TEST(Refusal, IsToldBeforeTooManyAreOpened) {
  const auto measured = bench({"idle", "--url", "http://127.0.0.1:1", "--readers", "1000000"});
  if (measured.status == 3) GTEST_SKIP() << "this machine lets a process open a million files";
  EXPECT_EQ(measured.status, 4) << measured.output;
  EXPECT_THAT(measured.output, HasSubstr("raise the limit with ulimit -n"));
}

}  // namespace
}  // namespace taskwire::test
