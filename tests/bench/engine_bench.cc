// What the engine takes in and passes on: events published in batches by callers of another process, over gRPC, under
// full durability, and streamed to one watcher. The baseline of one run is SQLite alone: the same rows of as many
// topics in the same table, committed by one connection in batches of the callers' size, and in batches of the size
// that the engine came to commit, which takes in one what waits.
//
//   engine_bench [SECONDS [EVENTS [LOAD]]]: each measurement takes so long (3); the engine is restarted with so many
//   events stored (1,000,000; 0: not at all); only the loads whose description holds LOAD are measured.
#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <google/protobuf/arena.h>
#include <grpcpp/grpcpp.h>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "store/sqlite.h"
#include "store/sqlite_event_rows.h"
#include "store/sqlite_layout.h"
#include "support/services.h"
#include "taskwire/v1/event_service.grpc.pb.h"

namespace taskwire::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
namespace sqlite = engine::sqlite;

constexpr std::size_t kPayload = 200;

std::int64_t now_ns() {
  return Clock::now().time_since_epoch().count();
}

/// When it was sent, and filling.
void fill(std::string& payload) {
  payload.assign(kPayload, ' ');
  std::to_chars(payload.data(), payload.data() + payload.size(), now_ns());
}

std::string channel(int number) {
  return "channels/t" + std::to_string(number);
}

struct Load {
  int topics = 1;
  int batch = 1;
  int callers = 1;
  double most_per_second = 0;  // 0: as many as it takes
};

/// Events that SQLite alone commits in a second, so many in a transaction.
double commits_alone(const Load& load, int at_once, Seconds time) {
  const TemporaryFolder folder;
  const std::string file = folder.path() / "alone.db";
  std::fclose(std::fopen(file.c_str(), "w"));
  const auto database = *sqlite::Database::open(file, sqlite::Database::Access::read_write);
  database->script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;");
  engine::make_log(*database, "alone");
  v1::Event event;
  event.set_topic(channel(0));
  fill(*event.mutable_data());
  event.mutable_time()->set_seconds(1);
  event.mutable_time()->set_nanos(1'000'000);
  const auto bytes = event.SerializeAsString();
  std::int64_t head = 0;
  engine::SqliteEventRows rows(*database);  // several in a statement, as is fastest
  const auto begin = Clock::now();
  while (Clock::now() - begin < time) {
    database->run("BEGIN IMMEDIATE");
    for (int i = 0; i < at_once; ++i) {
      ++head;
      rows.add({head, head % load.topics, "", false, 1, bytes});
      if (rows.is_full()) rows.write();
    }
    rows.write();
    database->run("UPDATE meta SET head = ?", head);
    database->run("COMMIT");
  }
  if (database->failure()) std::abort();
  return static_cast<double>(head) / Seconds(Clock::now() - begin).count();
}

struct Measured {
  double per_second = 0;
  double p50_ms = 0, p99_ms = 0;  // from before the call to the watcher
  double commit_p99_ms = 0;       // from the begin of the commit to the watcher
  double bytes_per_event = 0;     // on the disk
  double per_message = 0;         // events that the watcher got at a time
  int per_commit = 0;             // events that the engine committed at a time, in whole batches
};

std::vector<std::string> engine_arguments(const std::filesystem::path& data) {
  return {"--data-dir", data / "data",    "--demo-sources=false", "--retain-per-topic",
          "1000000000", "--retain-bytes", "1099511627776"};
}

std::int64_t ns_since(const google::protobuf::Timestamp& time) {
  const std::chrono::nanoseconds then = std::chrono::seconds(time.seconds()) + std::chrono::nanoseconds(time.nanos());
  return (std::chrono::system_clock::now().time_since_epoch() - then).count();
}

/// What lies at so many per cent of what is sorted, in ms.
double at(const std::vector<std::int64_t>& sorted_ns, std::size_t per_cent) {
  return static_cast<double>(sorted_ns[(sorted_ns.size() - 1) * per_cent / 100]) / 1e6;
}

/// Reads everything from now on until it is cancelled; the latencies of what came, in ns.
class Watcher {
 public:
  explicit Watcher(v1::EventService::Stub& stub) : reader_(stub.Watch(&context_, v1::WatchRequest())) {
    v1::WatchResponse first;
    if (!reader_->Read(&first)) std::abort();
    thread_ = std::thread([this] { read(); });
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() {
    context_.TryCancel();
    thread_.join();
  }
  [[nodiscard]] std::size_t seen() const { return seen_; }
  [[nodiscard]] std::size_t messages() const { return messages_; }
  // Sorted; once everything was seen.
  /// From before the call.
  [[nodiscard]] std::vector<std::int64_t> latencies() const { return sorted(latencies_); }
  /// From the time that the event has, in whole milliseconds, which is when its commit began.
  [[nodiscard]] std::vector<std::int64_t> since_commit() const { return sorted(since_commit_); }

 private:
  static std::vector<std::int64_t> sorted(std::vector<std::int64_t> values) {
    std::sort(values.begin(), values.end());
    return values;
  }
  void read() {
    auto& response = *google::protobuf::Arena::CreateMessage<v1::WatchResponse>(&arena_);
    while (reader_->Read(&response)) {
      const auto now = now_ns();
      ++messages_;
      for (const auto& event : response.batch().events()) {
        std::int64_t sent = 0;
        std::from_chars(event.data().data(), event.data().data() + event.data().size(), sent);
        latencies_.push_back(now - sent);
        since_commit_.push_back(ns_since(event.time()));
      }
      seen_ += static_cast<std::size_t>(response.batch().events_size());
    }
  }

  grpc::ClientContext context_;
  google::protobuf::Arena arena_;
  std::unique_ptr<grpc::ClientReader<v1::WatchResponse>> reader_;
  std::vector<std::int64_t> latencies_, since_commit_;
  std::atomic<std::size_t> seen_ = 0;
  std::atomic<std::size_t> messages_ = 0;
  std::thread thread_;
};

/// How many events a commit took on average. Each has the time of its commit in whole milliseconds, so that commits
/// within one of these count as one; never more than all callers have under way.
int events_per_commit(const std::filesystem::path& data, const Load& load) {
  const auto database = *sqlite::Database::open((data / "taskwire.db").string(), sqlite::Database::Access::read_only);
  auto row = database->query("SELECT count(*), count(DISTINCT at_ms) FROM event");
  if (!row.next() || row.integer(1) == 0) std::abort();
  const auto batches = static_cast<double>(row.integer(0)) / static_cast<double>(row.integer(1)) / load.batch;
  return load.batch * std::clamp(static_cast<int>(batches + 0.5), 1, load.callers);
}

/// One caller: batch after batch until `end`, no more than its part of the rate.
std::size_t publish(v1::EventService::Stub& stub, const Load& load, int number, Clock::time_point end) {
  std::size_t sent = 0;
  int topic = number;
  auto next = Clock::now();
  // What it costs to make requests is not the engine's.
  google::protobuf::Arena arena;
  auto& request = *google::protobuf::Arena::CreateMessage<v1::PublishBatchRequest>(&arena);
  for (int i = 0; i < load.batch; ++i) request.add_events();
  while (Clock::now() < end) {
    if (load.most_per_second > 0) {
      std::this_thread::sleep_until(next);
      next += std::chrono::duration_cast<Clock::duration>(Seconds(load.batch * load.callers / load.most_per_second));
    }
    for (auto& event : *request.mutable_events()) {
      event.set_topic(channel(topic = (topic + 1) % load.topics));
      fill(*event.mutable_data());
    }
    grpc::ClientContext context;
    context.set_wait_for_ready(true);  // gRPC 1.51 takes a connect under way for a failure now and then
    v1::PublishBatchResponse response;
    const auto status = stub.PublishBatch(&context, request, &response);
    if (!status.ok()) {
      std::fprintf(stderr, "PublishBatch: %s\n", status.error_message().c_str());
      std::abort();
    }
    sent += static_cast<std::size_t>(load.batch);
  }
  return sent;
}

Measured measure(const Load& load, Seconds time) {
  const TemporaryFolder folder;
  const Service engine("taskwire-engine", engine_arguments(folder.path()));
  const auto stub_of = [&] {
    // Each caller has a connection of its own.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return v1::EventService::NewStub(
        grpc::CreateCustomChannel(engine.address(), grpc::InsecureChannelCredentials(), arguments));
  };
  const auto watching = stub_of();
  Watcher watcher(*watching);
  std::atomic<std::size_t> sent = 0;
  std::vector<std::thread> callers;
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(time);
  for (int i = 0; i < load.callers; ++i) callers.emplace_back([&, i] { sent += publish(*stub_of(), load, i, end); });
  for (auto& caller : callers) caller.join();
  eventually([&] { return watcher.seen() >= sent; });
  const Seconds took = Clock::now() - begin;
  if (watcher.seen() != sent) {
    std::fprintf(stderr, "%zu events were taken, and %zu came\n", sent.load(), watcher.seen());
    std::abort();
  }
  std::uintmax_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder.path() / "data")) {
    if (file.path().extension() == ".db") bytes += file.file_size();
  }
  const auto latencies = watcher.latencies();
  return {static_cast<double>(sent) / took.count(),
          at(latencies, 50),
          at(latencies, 99),
          at(watcher.since_commit(), 99),
          static_cast<double>(bytes) / static_cast<double>(sent.load()),
          static_cast<double>(sent.load()) / static_cast<double>(watcher.messages()),
          events_per_commit(folder.path() / "data", load)};
}

void compare(Seconds time, const std::string& only) {
  std::printf("%-38s %10s %10s %6s | %9s %10s %6s | %8s %8s | at half of it: %8s %8s %15s | %8s %10s\n", "", "SQLite/s",
              "engine/s", "ratio", "in commit", "SQLite/s", "ratio", "p50 ms", "p99 ms", "p50 ms", "p99 ms",
              "p99 from commit", "B/event", "in message");
  for (const Load& load : {Load{1, 1, 1}, Load{1, 1, 8}, Load{1, 100, 1}, Load{1, 100, 4}, Load{100, 100, 4},
                           Load{10'000, 100, 4}, Load{1, 1000, 2}, Load{1, 100, 16}}) {
    char what[64];
    std::snprintf(what, sizeof what, "%d topics, batches of %d, %d callers", load.topics, load.batch, load.callers);
    if (std::string_view(what).find(only) == std::string_view::npos) continue;
    const auto alone = commits_alone(load, load.batch, time);
    const auto most = measure(load, time);
    const auto alone_so = most.per_commit == load.batch ? alone : commits_alone(load, most.per_commit, time);
    auto half = load;
    half.most_per_second = most.per_second / 2;
    const auto calm = measure(half, time);
    std::printf("%-38s %10.0f %10.0f %6.2f | %9d %10.0f %6.2f | %8.2f %8.2f | %23.2f %8.2f %15.2f | %8.0f %10.0f\n",
                what, alone, most.per_second, most.per_second / alone, most.per_commit, alone_so,
                most.per_second / alone_so, most.p50_ms, most.p99_ms, calm.p50_ms, calm.p99_ms, calm.commit_p99_ms,
                most.bytes_per_event, most.per_message);
    std::fflush(stdout);
  }
}

void restart(std::size_t events) {
  const TemporaryFolder folder;
  Service engine("taskwire-engine", engine_arguments(folder.path()));
  const auto stub =
      v1::EventService::NewStub(grpc::CreateChannel(engine.address(), grpc::InsecureChannelCredentials()));
  v1::PublishBatchRequest request;
  for (std::size_t i = 0; i < 1000; ++i) {
    auto& event = *request.add_events();
    event.set_topic(channel(static_cast<int>(i % 100)));
    fill(*event.mutable_data());
  }
  for (std::size_t sent = 0; sent < events; sent += 1000) {
    grpc::ClientContext context;
    v1::PublishBatchResponse response;
    if (!stub->PublishBatch(&context, request, &response).ok()) std::abort();
  }
  engine.kill();
  const auto begin = Clock::now();
  engine.restart();
  std::printf("restart after a kill, %zu events stored: listens after %.2f s\n", events,
              Seconds(Clock::now() - begin).count());
}

}  // namespace
}  // namespace taskwire::test

int main(int argc, char** argv) {
  using namespace taskwire::test;
  const Seconds time(argc > 1 ? std::atof(argv[1]) : 3);
  const std::size_t events = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
  compare(time, argc > 3 ? argv[3] : "");
  if (events > 0) restart(events);
}
