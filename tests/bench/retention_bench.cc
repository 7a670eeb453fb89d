// Whether an engine that forgets stays as it is: a day's worth of everything in minutes, with ages to match. Channels
// that are always there and such that come and go, messages, keys, and tasks with params and results that are started,
// run, and are deleted by age or by hand. What it takes of memory and disk in the middle of the run is held against its
// end; the exit status is 1 where either grew by more than 5 %. The file is judged, and what of it is in use, since a
// file keeps its greatest size; the write-ahead log beside it comes and goes, so its highest is shown. Keys are kept
// for 24 h whatever is set, so there are as many in a second as would be of a quiet day.
//
//   retention_bench [SECONDS [PER_SECOND]]: so long (180), so many events a second (20,000); each is kept for a
//   thirtieth of the time.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <grpcpp/grpcpp.h>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/services.h"
#include "taskwire/v1/event_service.grpc.pb.h"
#include "taskwire/v1/task_service.grpc.pb.h"

namespace taskwire::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBatch = 100;
constexpr int kTopics = 100;
constexpr int kTasksPerSecond = 20;
constexpr double kMostGrowth = 0.05;

struct Sample {
  double memory_mib = 0;
  double disk_mib = 0;
  double used_mib = 0;  // of that, what is not free, as of the last checkpoint
  double log_mib = 0;   // the write-ahead log
};

/// What of a database's file is in use: its header tells of pages and of free ones (SQLite's file format, 1.3).
double used_mib(const std::filesystem::path& path) {
  std::array<unsigned char, 40> header{};
  std::ifstream(path, std::ios::binary).read(reinterpret_cast<char*>(header.data()), header.size());
  const auto number = [&](std::size_t at) {
    return (header[at] << 24U) + (header[at + 1] << 16U) + (header[at + 2] << 8U) + header[at + 3];
  };
  const double page_bytes = (header[16] << 8U) + header[17];
  return (number(28) - number(36)) * page_bytes / (1 << 20);
}

Sample sample(const Process& process, const std::filesystem::path& folder) {
  Sample sample;
  std::ifstream status("/proc/" + std::to_string(process.pid()) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) sample.memory_mib = std::atof(line.c_str() + 6) / 1024;
  }
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() == ".db") sample.used_mib = used_mib(file.path());
    const auto mib = static_cast<double>(file.file_size()) / (1 << 20);
    (file.path().extension() == ".db" ? sample.disk_mib : sample.log_mib) += mib;
  }
  return sample;
}

void need(const char* what, const grpc::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s: %s\n", what, status.error_message().c_str());
  std::abort();
}

/// Starts tasks of users that come and go, and deletes some that have ended; until told to stop.
void keep_starting(const std::shared_ptr<grpc::Channel>& channel, const std::atomic<bool>& is_over) {
  const auto stub = v1::TaskService::NewStub(channel);
  std::vector<v1::Task> started;
  auto due = Clock::now();
  for (std::size_t i = 0; !is_over; ++i) {
    v1::StartTaskRequest request;
    request.set_user_id("user" + std::to_string(i / 50));
    request.set_request_id("start-" + std::to_string(i));
    auto& params = *request.mutable_params()->mutable_fields();
    params["durationMs"].set_number_value(50);
    params["steps"].set_number_value(4);
    auto& stages = *params["stages"].mutable_list_value();
    for (int stage = 0; stage < 20; ++stage) stages.add_values()->set_string_value(std::string(100, 'x'));
    v1::StartTaskResponse response;
    grpc::ClientContext context;
    need("StartTask", stub->StartTask(&context, request, &response));
    started.push_back(response.task());
    if (i % 3 == 0 && i >= 2 * kTasksPerSecond) {
      v1::DeleteTaskRequest forget;
      forget.set_user_id(started[i - 2 * kTasksPerSecond].user_id());
      forget.set_task_id(started[i - 2 * kTasksPerSecond].task_id());
      v1::DeleteTaskResponse forgotten;
      grpc::ClientContext again;
      (void)stub->DeleteTask(&again, forget, &forgotten);  // it may not have ended yet, or be gone
    }
    std::this_thread::sleep_until(due += std::chrono::microseconds(1'000'000 / kTasksPerSecond));
  }
}

/// Of each batch most goes to channels that stay, some to ones that come and go, some are messages.
std::string topic_of(std::int64_t sent, int i) {
  const auto number = sent / kBatch + i;
  if (i % 10 == 0) return "channels/passing" + std::to_string(sent / 20'000) + '-' + std::to_string(number % 10);
  if (i % 10 == 1) return "messages/user" + std::to_string(number % 1000);
  return "channels/t" + std::to_string(number % kTopics);
}

/// Publishes at that rate until the time is over; a sample each second.
std::vector<Sample> run(Service& engine, const std::filesystem::path& folder, int seconds, int per_second) {
  const auto channel = grpc::CreateChannel(engine.address(), grpc::InsecureChannelCredentials());
  const auto stub = v1::EventService::NewStub(channel);
  std::atomic<bool> is_over = false;
  std::thread starting([&] { keep_starting(channel, is_over); });
  v1::PublishBatchRequest request;
  for (int i = 0; i < kBatch; ++i) request.add_events()->set_data(std::string(200, 'x'));
  std::vector<Sample> samples;
  const auto begin = Clock::now();
  for (std::int64_t sent = 0; sent < std::int64_t{seconds} * per_second; sent += kBatch) {
    for (int i = 0; i < kBatch; ++i) request.mutable_events(i)->set_topic(topic_of(sent, i));
    request.clear_request_id();
    if (sent / kBatch % 100 == 0) request.set_request_id("batch-" + std::to_string(sent));
    grpc::ClientContext context;
    v1::PublishBatchResponse response;
    need("PublishBatch", stub->PublishBatch(&context, request, &response));
    const auto due = begin + std::chrono::microseconds((sent + kBatch) * 1'000'000 / per_second);
    std::this_thread::sleep_until(due);
    if (Clock::now() - begin >= std::chrono::seconds(samples.size() + 1))
      samples.push_back(sample(engine.process(), folder));
  }
  is_over = true;
  starting.join();
  return samples;
}

/// The mean of a tenth of the samples, which ends at `end`.
Sample mean(const std::vector<Sample>& samples, std::size_t end) {
  const auto count = std::max<std::size_t>(1, samples.size() / 10);
  Sample mean;
  for (auto i = end - count; i < end; ++i) {
    mean.memory_mib += samples[i].memory_mib / static_cast<double>(count);
    mean.disk_mib += samples[i].disk_mib / static_cast<double>(count);
    mean.used_mib += samples[i].used_mib / static_cast<double>(count);
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
                                     age, "--retain-updates", age, "--retain-messages", age, "--retain-tasks", age,
                                     "--retain-deletions", age, "--retain-per-topic", "1000000000"});
  const auto samples = run(engine, folder.path() / "data", seconds, per_second);
  const auto half = mean(samples, samples.size() / 2), end = mean(samples, samples.size());
  std::printf("%d events and %d tasks in %d s, kept for %s\n", seconds * per_second, seconds * kTasksPerSecond, seconds,
              age.c_str());
  const auto grew = [](const char* what, double at_half, double at_end) {
    const auto growth = at_end / at_half - 1;
    std::printf("%s, MiB: at half %.1f, at the end %.1f (%+.1f %%)\n", what, at_half, at_end, 100 * growth);
    return growth > kMostGrowth;
  };
  const bool memory_grew = grew("memory", half.memory_mib, end.memory_mib);
  const bool disk_grew = grew("disk", half.disk_mib, end.disk_mib);
  const bool use_grew = grew("in use of it", half.used_mib, end.used_mib);
  const auto highest = std::max_element(samples.begin(), samples.end(),
                                        [](const Sample& a, const Sample& b) { return a.log_mib < b.log_mib; });
  std::printf("write-ahead log, MiB: at most %.1f\n", highest->log_mib);
  return memory_grew || disk_grew || use_grew ? 1 : 0;
}
