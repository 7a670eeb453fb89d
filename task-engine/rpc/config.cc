#include "rpc/config.h"

#include "process/options.h"

namespace taskwire::rpc {

std::optional<int> parse_config(int argc, const char* const* argv, Config& config) {
  auto& [store, log, runner, scheduler, reads, files_root, watch_threads, demo_sources] = config.engine;
  std::string durability = "full";
  Options options("taskwire-engine", "Runs long tasks and keeps the log of everything that happened, over gRPC.");
  options.add_listen(config.listen);
  options.add("--data-dir", store.data_dir, "Folder of the store; one engine at a time");
  options.add("--durability", durability, "full: a commit outlives the machine's fall; normal: only the engine's")
      ->check(CLI::IsMember({"full", "normal"}));
  options.add_switch("--new-epoch", store.new_epoch,
                     "Give the log a new name, after its data was restored from a copy");
  options.add("--files-root", files_root, "Tasks read files below this folder only");
  options.add("--workers", runner.workers, "Tasks that run at a time")->check(CLI::Range(1, 1024));
  options.add("--max-queued-tasks", scheduler.most_waiting, "Tasks that may wait; more are refused")
      ->check(CLI::Range(1, 1'000'000));
  options.add("--max-waiting-reads", reads.waiting, "Reads of the store that may wait; more are refused")
      ->check(CLI::Range(1, 1'000'000));
  options.add_duration("--progress-interval", runner.progress_interval, std::chrono::milliseconds(1),
                       "A task's progress becomes at most one event in this time");
  options.add("--tail-events", log.tail.events, "Events of the log's end kept in memory")
      ->check(CLI::Range(1, 100'000'000));
  options.add("--tail-bytes", log.tail.bytes, "Memory for them, in bytes")->check(CLI::PositiveNumber);
  options.add_switch("--demo-sources", demo_sources,
                     "Tell of a made-up heart rate and of this machine, on channels/heart-rate and channels/host");
  const auto status = options.parse(argc, argv);
  store.durability = durability == "full" ? engine::Durability::full : engine::Durability::normal;
  return status;
}

}  // namespace taskwire::rpc
