// Work that is done outside: claims and finishes per second by workers over gRPC, under full durability, and the
// engine's CPU for a task; and what a call of others takes while 1,000 claims wait.
//
//   work_bench [SECONDS]: each measurement takes so long (3)
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <grpcpp/grpcpp.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "support/services.h"
#include "taskwire/v1/task_service.grpc.pb.h"
#include "taskwire/v1/worker_service.grpc.pb.h"

namespace taskwire::test {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
constexpr auto kType = "resize";

std::shared_ptr<grpc::Channel> connect(const Service& engine) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(engine.address(), grpc::InsecureChannelCredentials(), arguments);
}

void check(const grpc::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.error_message().c_str());
  std::abort();
}

/// Of the process, in seconds.
double cpu_of(Service& service) {
  std::ifstream file("/proc/" + std::to_string(service.process().pid()) + "/stat");
  std::string line;
  std::getline(file, line);
  unsigned long user = 0, system = 0;
  std::sscanf(line.c_str() + line.rfind(')'), ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

void start_tasks(const Service& engine, int count) {
  constexpr int kCallers = 16;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      const auto stub = v1::TaskService::NewStub(connect(engine));
      v1::StartTaskRequest request;
      request.set_user_id("user-" + std::to_string(caller));
      request.set_type(kType);
      for (int i = caller; i < count; i += kCallers) {
        grpc::ClientContext context;
        v1::StartTaskResponse response;
        check(stub->StartTask(&context, request, &response));
      }
    });
  }
  for (auto& caller : callers) caller.join();
}

struct Load {
  int workers;
  int max;  // of a claim
};

/// Claims until `end`, and finishes what it gets; how many.
int work(v1::WorkerService::Stub& stub, const Load& load, Clock::time_point end) {
  int done = 0;
  v1::ClaimRequest claim;
  claim.set_worker("bench");
  claim.add_types(kType);
  claim.set_max(load.max);
  claim.set_wait_ms(100);
  while (Clock::now() < end) {
    grpc::ClientContext claiming;
    v1::ClaimResponse claimed;
    check(stub.Claim(&claiming, claim, &claimed));
    for (const auto& assignment : claimed.assignments()) {
      v1::FinishRequest finish;
      finish.set_lease(assignment.lease().lease());
      finish.mutable_result();
      grpc::ClientContext finishing;
      v1::FinishResponse finished;
      check(stub.Finish(&finishing, finish, &finished));
      ++done;
    }
  }
  return done;
}

/// Claims in a row, with nothing finished; how many tasks that were.
int claim_alone(v1::WorkerService::Stub& stub, const Load& load, Clock::time_point end) {
  int taken = 0;
  v1::ClaimRequest claim;
  claim.set_worker("bench");
  claim.add_types(kType);
  claim.set_max(load.max);
  while (Clock::now() < end) {
    grpc::ClientContext context;
    v1::ClaimResponse claimed;
    check(stub.Claim(&context, claim, &claimed));
    if (claimed.assignments().empty()) break;
    taken += claimed.assignments_size();
  }
  return taken;
}

void measure(const Load& load, Seconds time, int tasks, bool finishes) {
  const TemporaryFolder folder;
  Service engine("taskwire-engine",
                 {"--data-dir", folder.path() / "data", "--demo-sources=false", "--max-queued-per-user", "100000"});
  v1::RegisterTypeRequest type;
  type.set_type(kType);
  grpc::ClientContext context;
  v1::RegisterTypeResponse registered;
  check(v1::WorkerService::NewStub(connect(engine))->RegisterType(&context, type, &registered));
  start_tasks(engine, tasks);
  std::atomic<int> done = 0;
  std::vector<std::thread> workers;
  const auto cpu = cpu_of(engine);
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(time);
  for (int i = 0; i < load.workers; ++i) {
    workers.emplace_back([&] {
      const auto stub = v1::WorkerService::NewStub(connect(engine));
      done += finishes ? work(*stub, load, end) : claim_alone(*stub, load, end);
    });
  }
  for (auto& worker : workers) worker.join();
  const Seconds took = Clock::now() - begin;
  std::printf("%3d workers, %3d tasks a claim, %-22s %8.0f tasks/s, engine %6.0f us of CPU a task%s\n", load.workers,
              load.max, finishes ? "claimed and finished:" : "claimed:", done / took.count(),
              (cpu_of(engine) - cpu) / done * 1e6, done >= tasks ? " (all there were)" : "");
  std::fflush(stdout);
}

/// What somebody else's calls take, one after the other, in ms, sorted.
std::vector<double> calls_of_others(const Service& engine, Seconds time) {
  const auto stub = v1::TaskService::NewStub(connect(engine));
  std::vector<double> took;
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
  while (Clock::now() < end) {
    grpc::ClientContext context;
    v1::ListTaskTypesResponse response;
    const auto begin = Clock::now();
    check(stub->ListTaskTypes(&context, {}, &response));
    took.push_back(Seconds(Clock::now() - begin).count() * 1e3);
  }
  std::sort(took.begin(), took.end());
  return took;
}

void wait_with(int claims, Seconds time) {
  const TemporaryFolder folder;
  Service engine("taskwire-engine", {"--data-dir", folder.path() / "data", "--demo-sources=false"});
  const auto stub = v1::WorkerService::NewStub(connect(engine));
  v1::RegisterTypeRequest type;
  type.set_type(kType);
  grpc::ClientContext registering;
  v1::RegisterTypeResponse registered;
  check(stub->RegisterType(&registering, type, &registered));
  const auto before = calls_of_others(engine, time);
  struct Waiting {
    grpc::ClientContext context;
    v1::ClaimResponse response;
  };
  v1::ClaimRequest claim;
  claim.set_worker("bench");
  claim.add_types(kType);
  claim.set_wait_ms(60'000);
  std::vector<std::unique_ptr<v1::WorkerService::Stub>> stubs;
  std::vector<std::unique_ptr<Waiting>> waiting;
  std::atomic<int> ended = 0;
  std::atomic<int> given = 0;
  for (int i = 0; i < claims; ++i) {
    constexpr int kOfAConnection = 250;
    if (i % kOfAConnection == 0) stubs.push_back(v1::WorkerService::NewStub(connect(engine)));
    auto& one = *waiting.emplace_back(std::make_unique<Waiting>());
    stubs.back()->async()->Claim(&one.context, &claim, &one.response, [&](const grpc::Status&) {
      given += one.response.assignments_size();
      ++ended;
    });
  }
  // Each of them is there once its worker counts as one that is.
  const auto lists = v1::TaskService::NewStub(connect(engine));
  eventually([&] {
    grpc::ClientContext context;
    v1::ListTaskTypesResponse list;
    check(lists->ListTaskTypes(&context, {}, &list));
    return std::any_of(list.types().begin(), list.types().end(),
                       [](const auto& one) { return one.type() == kType && one.workers() > 0; });
  });
  const auto during = calls_of_others(engine, time);
  const auto p = [](const std::vector<double>& sorted, std::size_t per_cent) {
    return sorted[(sorted.size() - 1) * per_cent / 100];
  };
  std::printf("a call of others: p50 %.3f p99 %.3f ms; while %d claims wait: p50 %.3f p99 %.3f ms\n", p(before, 50),
              p(before, 99), claims, p(during, 50), p(during, 99));
  const auto begin = Clock::now();
  start_tasks(engine, claims);
  eventually([&] { return given == claims; });
  std::printf("%d tasks started while they wait: %d given after %.2f s\n", claims, given.load(),
              Seconds(Clock::now() - begin).count());
  for (auto& one : waiting) one->context.TryCancel();
  eventually([&] { return ended == claims; });
}

}  // namespace
}  // namespace taskwire::test

int main(int argc, char** argv) {
  using namespace taskwire::test;
  const Seconds time(argc > 1 ? std::atof(argv[1]) : 3);
  for (const Load& load : {Load{1, 1}, Load{1, 10}, Load{1, 100}, Load{100, 1}, Load{100, 10}}) {
    for (const bool finishes : {false, true}) measure(load, time, finishes ? 20'000 : 40'000, finishes);
  }
  wait_with(1000, time);
}
