// Whether an engine that forgets stays as it is: a day's worth of events in minutes, with ages to match. What it takes
// of memory and disk in the middle of the run is held against its end.
//
//   retention_bench [SECONDS [PER_SECOND]]: so long (180), so many events a second (20,000); each is kept for a
//   thirtieth of the time.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <grpcpp/grpcpp.h>
#include <string>
#include <thread>
#include <vector>

#include "support/services.h"
#include "taskwire/v1/event_service.grpc.pb.h"

namespace taskwire::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBatch = 100;
constexpr int kTopics = 100;

struct Sample {
  double memory_mib = 0;
  double disk_mib = 0;
};

Sample sample(const Process& process, const std::filesystem::path& folder) {
  Sample sample;
  std::ifstream status("/proc/" + std::to_string(process.pid()) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) sample.memory_mib = std::atof(line.c_str() + 6) / 1024;
  }
  for (const auto& file : std::filesystem::directory_iterator(folder))
    sample.disk_mib += static_cast<double>(file.file_size()) / (1 << 20);
  return sample;
}

/// Publishes at that rate until the time is over; a sample each second.
std::vector<Sample> run(Service& engine, const std::filesystem::path& folder, int seconds, int per_second) {
  const auto stub =
      v1::EventService::NewStub(grpc::CreateChannel(engine.address(), grpc::InsecureChannelCredentials()));
  v1::PublishBatchRequest request;
  for (int i = 0; i < kBatch; ++i) request.add_events()->set_data(std::string(200, 'x'));
  std::vector<Sample> samples;
  const auto begin = Clock::now();
  for (std::int64_t sent = 0; sent < std::int64_t{seconds} * per_second; sent += kBatch) {
    for (int i = 0; i < kBatch; ++i)
      request.mutable_events(i)->set_topic("channels/t" + std::to_string((sent / kBatch + i) % kTopics));
    grpc::ClientContext context;
    v1::PublishBatchResponse response;
    if (const auto status = stub->PublishBatch(&context, request, &response); !status.ok()) {
      std::fprintf(stderr, "PublishBatch: %s\n", status.error_message().c_str());
      std::abort();
    }
    const auto due = begin + std::chrono::microseconds((sent + kBatch) * 1'000'000 / per_second);
    std::this_thread::sleep_until(due);
    if (Clock::now() - begin >= std::chrono::seconds(samples.size() + 1))
      samples.push_back(sample(engine.process(), folder));
  }
  return samples;
}

/// The mean of a tenth of the samples, which ends at `end`.
Sample mean(const std::vector<Sample>& samples, std::size_t end) {
  const auto count = std::max<std::size_t>(1, samples.size() / 10);
  Sample mean;
  for (auto i = end - count; i < end; ++i) {
    mean.memory_mib += samples[i].memory_mib / static_cast<double>(count);
    mean.disk_mib += samples[i].disk_mib / static_cast<double>(count);
  }
  return mean;
}

}  // namespace
}  // namespace taskwire::test

int main(int argc, char** argv) {
  using namespace taskwire::test;
  const int seconds = std::max(20, argc > 1 ? std::atoi(argv[1]) : 180);
  const int per_second = std::max(kBatch, argc > 2 ? std::atoi(argv[2]) : 20'000);
  const TemporaryFolder folder;
  const auto age = std::to_string(seconds / 30 + 1) + "s";
  Service engine("taskwire-engine", {"--data-dir", folder.path() / "data", "--demo-sources=false", "--retain-channels",
                                     age, "--retain-updates", age, "--retain-per-topic", "1000000000"});
  const auto samples = run(engine, folder.path() / "data", seconds, per_second);
  const auto half = mean(samples, samples.size() / 2), end = mean(samples, samples.size());
  std::printf("%d events in %d s, kept for %s\n", seconds * per_second, seconds, age.c_str());
  std::printf("memory, MiB: at half %.1f, at the end %.1f (%+.1f %%)\n", half.memory_mib, end.memory_mib,
              100 * (end.memory_mib / half.memory_mib - 1));
  std::printf("disk, MiB:   at half %.1f, at the end %.1f (%+.1f %%)\n", half.disk_mib, end.disk_mib,
              100 * (end.disk_mib / half.disk_mib - 1));
}
