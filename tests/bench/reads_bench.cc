// Whether what one user reads takes the same time however much others have stored: the same user's 100 tasks, 100
// events and page of the list, and a watch from now on, at an engine with few and at one with many events, alternated,
// median of 20. Where events are few the tail in memory has them all, so a replay is also held against an engine with
// as few and almost no tail: there both read the store.
//
//   reads_bench [FEW [MANY]]: so many events of others are stored (10,000 and 10,000,000).
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <grpcpp/grpcpp.h>
#include <string>
#include <utility>
#include <vector>

#include "store/sqlite_store.h"
#include "support/services.h"
#include "taskwire/v1/event_service.grpc.pb.h"
#include "taskwire/v1/task_service.grpc.pb.h"

namespace taskwire::test {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr int kTasks = 100;
constexpr int kRounds = 20;
constexpr int kUpdates = 10;  // of each task of others
constexpr std::size_t kAtOnce = 10'000;
const std::string kUser = "tasks/alice";

template <class T>
T need(engine::Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::abort();
}

v1::Task task_of(const std::string& user, std::int64_t number, v1::TaskState state) {
  v1::Task task;
  task.set_task_id(user + std::to_string(number));
  task.set_user_id(user);
  task.set_type("simulate");
  task.set_name("Data Processing");
  task.set_state(state);
  task.set_attempt(1);
  task.mutable_progress()->set_message("Processing data...");
  return task;
}

/// One in ten events of others is a task's, of which there are as many users as make 1,000 events each.
std::string fill(const std::filesystem::path& folder, std::int64_t others) {
  const auto store = need(engine::SqliteStore::open({.data_dir = folder}, engine::kMachineClock));
  const auto commit = [&](const std::function<void(engine::Transaction&)>& write) { (void)need(store->commit(write)); };
  std::string before_the_last;
  commit([&](engine::Transaction& transaction) {
    for (const auto state : {v1::TASK_STATE_RUNNING, v1::TASK_STATE_SUCCEEDED}) {
      for (int i = 0; i < kTasks; ++i) {
        auto task = task_of("alice", i, state);
        transaction.put_task(task);
        if (state == v1::TASK_STATE_RUNNING) before_the_last = task.cursor();
      }
    }
  });
  std::vector<engine::EventDraft> events;
  for (int i = 0; i < 1000; ++i) {
    v1::Event event;
    event.set_topic("channels/t" + std::to_string(i));
    event.set_data(std::string(200, 'x'));
    events.emplace_back(event);
  }
  for (std::int64_t done = 0; done < others;) {
    commit([&](engine::Transaction& transaction) {
      for (std::size_t i = 0; i < kAtOnce && done < others; ++i, ++done) {
        if (done % 10 == 0) {
          const auto update = done / 10;
          const auto number = update / kUpdates;
          auto task = task_of("user" + std::to_string(number / 100), number,
                              update % kUpdates + 1 < kUpdates ? v1::TASK_STATE_RUNNING : v1::TASK_STATE_SUCCEEDED);
          transaction.put_task(task);
        } else {
          transaction.append(events[static_cast<std::size_t>(done) % events.size()]);
        }
      }
    });
  }
  (void)store->close();
  return before_the_last;
}

/// An engine over such a log, and what is asked of it.
class Stored {
 public:
  explicit Stored(std::int64_t others, const std::vector<std::string>& more = {}) : others_(others) {
    before_the_last_ = fill(folder_.path() / "data", others);
    std::vector<std::string> arguments{
        "--data-dir", folder_.path() / "data", "--demo-sources=false", "--retain-per-topic",
        "1000000000", "--retain-bytes",        "1099511627776"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    engine_.emplace("taskwire-engine", arguments);
    connect();
  }

  [[nodiscard]] std::int64_t others() const { return others_; }
  void restart() {
    engine_->kill();
    const auto begin = Clock::now();
    engine_->restart();
    std::printf("restart after a kill, %lld events stored: listens after %.2f s\n", static_cast<long long>(others_),
                Milliseconds(Clock::now() - begin).count() / 1000);
    connect();
  }

  void replay() {
    v1::ReadEventsRequest request;
    request.add_topics(kUser);
    request.set_after(before_the_last_);
    v1::ReadEventsResponse response;
    grpc::ClientContext context;
    const auto status = events_->ReadEvents(&context, request, &response);
    expect(status, response.events_size(), kTasks);
  }
  void snapshot() {
    v1::WatchRequest request;
    request.add_topics(kUser);
    request.mutable_snapshot();
    watch(request, [tasks = 0](const v1::WatchResponse& message) mutable {
      tasks += message.batch().events_size();
      return message.has_synced() && tasks == kTasks;
    });
  }
  void list() {
    v1::ListTasksRequest request;
    request.set_user_id("alice");
    v1::ListTasksResponse response;
    grpc::ClientContext context;
    const auto status = tasks_->ListTasks(&context, request, &response);
    expect(status, response.tasks_size(), kTasks);
  }
  void now() {
    v1::WatchRequest request;
    request.mutable_now();
    watch(request, [](const v1::WatchResponse& message) { return message.has_start(); });
  }

 private:
  void connect() {
    const auto channel = grpc::CreateChannel(engine_->address(), grpc::InsecureChannelCredentials());
    events_ = v1::EventService::NewStub(channel);
    tasks_ = v1::TaskService::NewStub(channel);
  }
  static void expect(const grpc::Status& status, int found, int wanted) {
    if (status.ok() && found == wanted) return;
    std::fprintf(stderr, "%d of %d, %s\n", found, wanted, status.error_message().c_str());
    std::abort();
  }
  template <class IsLast>
  void watch(const v1::WatchRequest& request, IsLast is_last) {
    grpc::ClientContext context;
    const auto reader = events_->Watch(&context, request);
    v1::WatchResponse message;
    bool is_over = false;
    while (!is_over && reader->Read(&message)) is_over = is_last(message);
    if (!is_over) std::abort();
    context.TryCancel();
    while (reader->Read(&message)) {
    }
    (void)reader->Finish();
  }

  const std::int64_t others_;
  TemporaryFolder folder_;
  std::string before_the_last_;
  std::optional<Service> engine_;
  std::unique_ptr<v1::EventService::Stub> events_;
  std::unique_ptr<v1::TaskService::Stub> tasks_;
};

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

void compare(const char* what, void (Stored::*read)(), Stored& few, Stored& many) {
  std::vector<double> times[2];
  for (int round = -3; round < kRounds; ++round) {  // the first ones warm it
    for (const int which : {0, 1}) {
      const auto begin = Clock::now();
      ((which == 0 ? few : many).*read)();
      if (round >= 0) times[which].push_back(Milliseconds(Clock::now() - begin).count());
    }
  }
  const auto a = median(times[0]), b = median(times[1]);
  std::printf("%-42s %8.2f ms %8.2f ms   ratio %.2f\n", what, a, b, b / a);
  std::fflush(stdout);
}

}  // namespace
}  // namespace taskwire::test

int main(int argc, char** argv) {
  using namespace taskwire::test;
  Stored few(argc > 1 ? std::atoll(argv[1]) : 10'000);
  Stored many(argc > 2 ? std::atoll(argv[2]) : 10'000'000);
  many.restart();
  std::printf("%-42s %8lld    %8lld events of others\n", "", static_cast<long long>(few.others()),
              static_cast<long long>(many.others()));
  compare("replay of a user's last 100 events", &Stored::replay, few, many);
  Stored cold(few.others(), {"--tail-events", "100"});
  compare("the same, neither from memory", &Stored::replay, cold, many);
  compare("snapshot of a user with 100 tasks", &Stored::snapshot, few, many);
  compare("a page of a user's list, 100 tasks", &Stored::list, few, many);
  compare("a watch from now on", &Stored::now, few, many);
}
