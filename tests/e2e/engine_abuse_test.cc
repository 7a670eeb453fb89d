#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <random>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "support/http2.h"
#include "support/services.h"
#include "support/socket.h"

namespace taskwire::test {
namespace {

using namespace http2;

constexpr auto kList = "/taskwire.v1.TaskService/ListTaskTypes";
constexpr auto kWatch = "/taskwire.v1.EventService/Watch";
constexpr auto kBatch = "/taskwire.v1.EventService/PublishBatch";
constexpr auto kReflection = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr std::size_t kMiB = std::size_t{1} << 20;

/// How long each abuse lasts: a second, or TASKWIRE_ABUSE_SECONDS.
std::chrono::seconds duration() {
  const char* const given = std::getenv("TASKWIRE_ABUSE_SECONDS");
  return std::chrono::seconds(given == nullptr ? 1 : std::atoi(given));
}

/// Whether the abuse is wanted: TASKWIRE_ABUSE_KIND names the only one that is.
bool is_wanted(std::string_view name) {
  const char* const given = std::getenv("TASKWIRE_ABUSE_KIND");
  return given == nullptr || name == given;
}

/// A way to misuse a connection: what is sent first, and again and again. `stream` is the next stream to begin.
struct Abuse {
  const char* name;
  std::function<std::string(std::uint32_t& stream)> again;
  std::string first = greeting();
  int connections = 1;
  bool stays = true;              ///< The connection is used until the engine closes it.
  bool takes_all_places = false;  ///< More connections than the engine has places for.
};

std::string begin(std::uint32_t stream, const char* path = kList, std::uint8_t flags = kEndHeaders) {
  return frame(headers, flags, stream, call_block(path));
}

/// `make(stream)` for so many new streams.
std::function<std::string(std::uint32_t&)> for_each_of(int count, std::function<std::string(std::uint32_t)> make) {
  return [count, make = std::move(make)](std::uint32_t& stream) {
    std::string all;
    for (int i = 0; i < count; ++i, stream += 2) all += make(stream);
    return all;
  };
}

std::function<std::string(std::uint32_t&)> always(const std::string& frame, int times = 1) {
  std::string all;
  for (int i = 0; i < times; ++i) all += frame;
  return [all = std::move(all)](std::uint32_t&) { return all; };
}

std::string random_bytes(std::size_t count) {
  thread_local std::mt19937_64 random(std::random_device{}());
  std::string bytes(count, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

/// Calls of which some bytes are others.
std::string mutated(std::string calls) {
  const auto where = random_bytes(32);
  const auto number = [&where](std::size_t i) { return static_cast<unsigned char>(where[i]); };
  for (std::size_t i = 0; i + 2 < where.size(); i += 3)
    calls[(number(i) << 8 | number(i + 1)) % calls.size()] = where[i + 2];
  return calls;
}

std::vector<Abuse> abuses() {
  const std::string long_literal("\x00\x7f\xe1\xff\xff\xff\x07", 7);  // a name of two GiB
  return {
      {"resets", for_each_of(500, [](auto stream) { return begin(stream) + reset(stream); })},
      {"resets of whole calls",
       for_each_of(500, [](auto stream) { return begin(stream) + last_message(stream) + reset(stream); }), greeting(),
       4},
      {"resets of watches",
       for_each_of(500, [](auto stream) { return begin(stream, kWatch) + last_message(stream) + reset(stream); })},
      {"resets by the engine",
       for_each_of(500,
                   [](auto stream) { return begin(stream) + frame(window_update, 0, stream, std::string(4, '\0')); })},
      {"an endless header", always(frame(continuation, 0, 1, field("x-a", std::string(100, 'x'))), 500),
       greeting() + begin(1, kList, 0)},
      {"an endless name", always(frame(continuation, 0, 1, std::string(16'000, 'x')), 20),
       greeting() + frame(headers, 0, 1, long_literal)},
      {"empty headers", always(frame(continuation, 0, 1), 1000), greeting() + begin(1, kList, 0)},
      {"pings", always(frame(ping, 0, 0, "12345678"), 1000)},
      {"settings", always(frame(settings, 0, 0), 1000)},
      {"empty data", always(frame(data, 0, 1), 1000), greeting() + begin(1)},
      {"calls without answers read",
       for_each_of(500, [](auto stream) { return begin(stream) + last_message(stream); })},
      {"calls left open", for_each_of(500, [](auto stream) { return begin(stream); }), greeting(), 20},
      {"watches", for_each_of(100, [](auto stream) { return begin(stream, kWatch) + last_message(stream); }),
       greeting(), 20},
      {"reflection left open", for_each_of(100, [](auto stream) { return begin(stream, kReflection); }), greeting(), 4},
      {"half requests",
       for_each_of(10,
                   [](auto stream) {
                     return begin(stream, kBatch) + frame(data, 0, stream, std::string("\0\0\x30\0\0", 5)) +
                            frame(data, 0, stream, std::string(16'000, 'x')) +
                            frame(data, 0, stream, std::string(16'000, 'x'));
                   }),
       greeting(), 20},
      {"connections with open calls", for_each_of(100, [](auto stream) { return begin(stream); }), greeting(), 4,
       false},
      {"random bytes", [](std::uint32_t&) { return random_bytes(4096); }, "", 4},
      {"random bytes after a greeting", [](std::uint32_t&) { return random_bytes(4096); }, greeting(), 4},
      {"mutated calls",
       [calls = for_each_of(20, [](auto stream) { return begin(stream) + last_message(stream); })](
           std::uint32_t& stream) { return mutated(calls(stream)); },
       greeting(), 4},
      {"half-open connections", always(""), "PRI", 4, false, true},
  };
}

/// Whether a call on a connection of gRPC is answered that the engine serves.
bool is_serving(Socket& socket, std::uint32_t stream) {
  const std::string serving("\0\0\0\0\x02\x08\x01", 7);
  const auto deadline = within(std::chrono::seconds(10));
  socket.send(begin(stream, "/grpc.health.v1.Health/Check") + last_message(stream));
  std::string got;
  while (got.find(serving) == std::string::npos) {
    const auto some = socket.receive(65536, deadline);
    if (!some || some->empty()) return false;
    got += *some;
  }
  return true;
}

/// How long gRPC health takes on a connection of its own; nothing where it does not answer that the engine serves.
std::optional<milliseconds> call_health(std::uint16_t port) {
  const auto start = Clock::now();
  Socket socket(port);
  socket.send(greeting());
  if (!is_serving(socket, 1)) return std::nullopt;
  return std::chrono::duration_cast<milliseconds>(Clock::now() - start);
}

class EngineAbuseTest : public testing::Test {
 protected:
  EngineAbuseTest() {
    // So that what the sanitizer keeps of freed memory does not count as the engine's.
    setenv("ASAN_OPTIONS", "quarantine_size_mb=8:malloc_context_size=2", 1);
    engine = std::make_unique<Service>(
        "taskwire-engine",
        std::vector<std::string>{"--data-dir", data.path() / "data", "--demo-sources=false", "--log-level", "info"});
  }

  std::size_t resident() {
    std::ifstream status("/proc/" + std::to_string(engine->process().pid()) + "/status");
    for (std::string word; status >> word;) {
      if (word != "VmRSS:") continue;
      std::size_t kib = 0;
      status >> kib;
      return kib * 1024;
    }
    return 0;
  }

  std::optional<milliseconds> health() { return call_health(engine->port()); }

  /// Abuses one connection after another until the deadline; answers how many the engine closed.
  int run(const Abuse& abuse, Clock::time_point deadline) {
    int closed = 0;
    std::deque<Socket> kept;
    while (Clock::now() < deadline) {
      Socket socket(engine->port());
      std::uint32_t stream = 1;
      socket.send(abuse.first);
      do {
        socket.send_in_time(abuse.again(stream), std::min(deadline, Clock::now() + milliseconds(500)));
      } while (abuse.stays && socket.is_open() && Clock::now() < deadline);
      if (!socket.is_open()) ++closed;
      if (abuse.stays) continue;
      kept.push_back(std::move(socket));
      if (kept.size() > 500) kept.pop_front();
    }
    return closed;
  }

  TemporaryFolder data;
  std::unique_ptr<Service> engine;
};

TEST_F(EngineAbuseTest, IsBounded) {
  const auto idle = resident();
  for (const auto& abuse : abuses()) {
    if (!is_wanted(abuse.name)) continue;
    const auto deadline = Clock::now() + duration();
    std::atomic<int> closed = 0;
    std::vector<std::thread> abusers;
    for (int i = 0; i < abuse.connections; ++i) {
      abusers.emplace_back([&] {
        // Elsewhere they would have processors of their own.
        setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19);
        closed += run(abuse, deadline);
      });
    }
    std::size_t most = 0;
    std::vector<milliseconds> times;
    int refused = 0;
    while (Clock::now() < deadline) {
      const auto took = health();
      if (took) {
        times.push_back(*took);
      } else {
        ++refused;
      }
      most = std::max(most, resident());
    }
    for (auto& abuser : abusers) abuser.join();
    const bool is_alive = eventually([&] { return health().has_value(); });
    EXPECT_TRUE(is_alive) << abuse.name << engine->process().output();
    EXPECT_LT(most, idle + 256 * kMiB) << abuse.name;
    // Where all places are held by those who say nothing, a newcomer may have to come again.
    if (!abuse.takes_all_places) {
      EXPECT_FALSE(times.empty()) << abuse.name;
      EXPECT_EQ(refused, 0) << abuse.name;
    }
    std::sort(times.begin(), times.end());
    const auto slowest_but = [&](std::size_t per_cent) {
      return times.empty() ? 0 : static_cast<int>(times[(times.size() - 1) * (100 - per_cent) / 100].count());
    };
    std::printf("%-28s health p99 %4d, at most %4d ms (%zu times), memory +%zu MiB at most, now +%zd MiB, %d closed\n",
                abuse.name, slowest_but(1), slowest_but(0), times.size(), (std::max(most, idle) - idle) / kMiB,
                (static_cast<std::ptrdiff_t>(resident()) - static_cast<std::ptrdiff_t>(idle)) /
                    static_cast<std::ptrdiff_t>(kMiB),
                closed.load());
    std::fflush(stdout);
  }
}

TEST(EngineDescriptorsTest, ThatRunOutAreMissedByNewConnectionsOnlyAndForAsLongOnly) {
  TemporaryFolder data;
  Process engine({"sh", "-c",
                  "ulimit -n 256; exec " + program_path("taskwire-engine") + " --listen 127.0.0.1:0 --data-dir " +
                      (data.path() / "data").string()});
  EXPECT_TRUE(engine.wait_for_line("at most 64 connections, not 1000")) << engine.output();
  const auto line = engine.wait_for_line("listening on 127.0.0.1:");
  ASSERT_TRUE(line) << engine.output();
  const auto port = static_cast<std::uint16_t>(std::stoi(line->substr(line->rfind(':') + 1)));
  Socket healthy(port);
  healthy.send(greeting());
  std::uint32_t stream = 1;
  EXPECT_TRUE(is_serving(healthy, stream));
  std::vector<Socket> many;
  for (int i = 0; i < 400; ++i) {
    many.emplace_back(port);
    many.back().send(greeting() + begin(1));
    if (i % 10 == 0) {
      EXPECT_TRUE(is_serving(healthy, stream += 2)) << i;
    }
  }
  std::string last;
  while (const auto some = many.back().receive(65536, within())) {
    if (some->empty()) break;
    last += *some;
  }
  EXPECT_NE(last.find("TOO_MANY_CONNECTIONS: "), std::string::npos);
  EXPECT_TRUE(engine.wait_for_line("TOO_MANY_CONNECTIONS")) << engine.output();
  many.clear();
  EXPECT_TRUE(eventually([&] { return call_health(port).has_value(); })) << engine.output();
  EXPECT_TRUE(is_serving(healthy, stream + 2));
}

}  // namespace
}  // namespace taskwire::test
