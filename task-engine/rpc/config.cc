#include "rpc/config.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <unistd.h>

#include "base/fd.h"
#include "commands/command_file.h"
#include "commands/launched.h"
#include "engine/own_types.h"
#include "process/duration.h"
#include "process/options.h"

namespace taskwire::rpc {
namespace {

namespace fs = std::filesystem;

/// Why tasks cannot read below `folder`.
std::optional<std::string> files_root_mistake(const std::string& folder) {
  const engine::Fd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const int error = errno;
  if (fd) return std::nullopt;
  return "--files-root: '" + folder + "': " + std::generic_category().message(error) +
         "; name a folder that the engine may read";
}

/// Why `folder` can be neither used nor made. Makes nothing. One that is there need not be writable: what lies in it
/// can be read.
std::optional<std::string> data_dir_mistake(const std::string& folder) {
  std::error_code error;
  const auto wanted = fs::absolute(folder, error).lexically_normal();
  auto there = wanted;
  while (there.has_relative_path() && fs::symlink_status(there, error).type() == fs::file_type::not_found)
    there = there.parent_path();
  const bool is_folder = fs::is_directory(there, error);
  const bool is_to_be_made = there != wanted;
  const bool may_use = is_folder && access(there.c_str(), is_to_be_made ? W_OK | X_OK : R_OK | X_OK) == 0;
  const int why_not = errno;
  if (!folder.empty() && may_use) return std::nullopt;
  if (folder.empty()) return "--data-dir: names no folder; write one, like ./data";
  if (!is_folder) return "--data-dir: " + there.string() + " is no folder; name another";
  return "--data-dir: " + there.string() + ": " + std::generic_category().message(why_not) +
         "; name a folder that the engine may " + (is_to_be_made ? "write" : "use");
}

/// Why what `file` says cannot be run; else it is in `commands`.
std::optional<std::string> commands_mistake(const std::string& file, std::vector<engine::Command>& commands) {
  if (file.empty()) return std::nullopt;
  if (const auto launcher = engine::launcher_path(); access(launcher.c_str(), X_OK) != 0)
    return "--commands: " + launcher + " is missing; put it there, where it belongs beside taskwire-engine";
  auto read = engine::read_commands(file, engine::kOwnTypes);
  if (!read) return "--commands: " + read.error().message;
  commands = *std::move(read);
  return std::nullopt;
}

/// `taskwire run` and `work` give a command the lease of its task in the variable that is also that of `--lease`.
bool is_started_as_task() {
  constexpr std::size_t kDigits = 32;
  const char* const value = std::getenv("TASKWIRE_LEASE");
  if (value == nullptr) return false;
  const std::string_view lease(value);
  return lease.size() == kDigits && lease.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Config::Config() = default;

std::optional<int> parse_config(int argc, const char* const* argv, Config& config) {
  using std::chrono::milliseconds;
  auto& [store, log, runner, scheduler, leases, most_claims, output, reads, retention, commands, files_root,
         watch_threads, demo_sources] = config.engine;
  std::string durability = "full";
  Options options("taskwire-engine", "Runs long tasks and keeps the log of everything that happened, over gRPC.");
  options.add_listen(config.listen);
  options.add_listen("--metrics-listen", config.metrics_listen,
                     "Address and port for GET /metrics of Prometheus, like 127.0.0.1:50052; none, unless given");
  options.add("--data-dir", store.data_dir, "Folder of the store; one engine at a time");
  options.add("--durability", durability, "full: a commit outlives the machine's fall; normal: only the engine's")
      ->check(CLI::IsMember({"full", "normal"}));
  options.add_switch("--new-epoch", store.new_epoch,
                     "Give the log a new name, after its data was restored from a copy");
  options.add("--files-root", files_root, "Tasks read files below this folder only");
  std::string commands_file;
  options.add("--commands", commands_file,
              "JSON file of types of tasks that are programs, which the engine runs; README.md tells of it");
  options.add_number("--workers", runner.workers, {1, 1024}, "Tasks that run at a time");
  options.add_number("--max-running", scheduler.most_running, {0, 1024},
                     "Tasks that run at a time, at most; 0: as many as --workers, which it never exceeds");
  options.add_number("--max-running-per-user", scheduler.most_running_of_user, {0, 1024},
                     "Tasks of a user that run at a time; 0: three quarters of all");
  options.add_number("--max-queued", scheduler.most_waiting, {1, 10'000'000}, "Tasks that may wait; more are refused");
  options.add_number("--max-queued-per-user", scheduler.most_waiting_of_user, {1, 10'000'000},
                     "Tasks of a user that may wait; more are refused");
  auto* const lease =
      options.add_duration("--lease", leases.lease, milliseconds(1), {milliseconds(1000), std::chrono::hours(24)},
                           "So long after its last report a worker outside is taken for lost");
  if (is_started_as_task()) lease->envname("");
  options.add_duration("--cancel-grace", leases.cancel_grace, milliseconds(1),
                       {milliseconds(0), std::chrono::hours(24)}, "So long a worker outside may ignore a cancel");
  options.add_number("--max-leases", leases.most, {1, 10'000'000},
                     "Tasks that workers outside do at a time; more are refused");
  options.add_number("--max-leases-per-user", leases.most_of_user, {1, 10'000'000}, "The same, of one user");
  options.add_number("--max-claims", most_claims, {1, 1'000'000},
                     "Claims of workers outside that may wait; more are refused");
  options.add_number("--max-waiting-reads", reads.waiting, {1, 1'000'000},
                     "Reads of the store that may wait; more are refused");
  options.add_duration("--progress-interval", runner.progress_interval, milliseconds(1),
                       {milliseconds(0), std::chrono::minutes(10)},
                       "A task's progress becomes at most one event in this time");
  options.add_number("--tail-events", log.tail.events, {100, 100'000'000}, "Events of the log's end kept in memory");
  options.add_number("--tail-bytes", log.tail.bytes, {1, std::int64_t{1} << 40}, "Memory for them, in bytes");
  const auto add_age = [&options](const std::string& flag, milliseconds& age, const std::string& what) {
    options.add_duration(flag, age, std::chrono::seconds(1), {milliseconds(1), kLongestDuration},
                         what + " are kept so long");
  };
  add_age("--retain-tasks", retention.tasks, "Tasks that have ended");
  options.add_number("--retain-tasks-per-user", retention.tasks_per_user, {0, 1'000'000'000},
                     "Tasks of a user that have ended, at most");
  add_age("--retain-messages", retention.messages, "Messages");
  add_age("--retain-channels", retention.channels, "Events of channels");
  add_age("--retain-updates", retention.updates, "Task events that a later one superseded");
  add_age("--retain-deletions", retention.deletions, "What tells that a task was deleted");
  options.add_number("--retain-per-topic", retention.per_topic, {1, 1'000'000'000},
                     "Events of a topic kept at most; deletions and the state of tasks do not count");
  options.add_number("--retain-bytes", retention.bytes, {1, std::int64_t{1} << 50},
                     "Bytes of the store; above, channels are trimmed first, then superseded task events, then "
                     "messages, then tasks that "
                     "have ended");
  options.add_number("--retain-output", output.all, {0, std::int64_t{1} << 40},
                     "Bytes of output kept of a task: the first 256 KiB, and the newest");
  options.add_number("--retain-output-bytes", retention.output_bytes, {0, std::int64_t{1} << 50},
                     "Bytes of output kept of all tasks; above, that of those which ended first goes");
  options.add_number("--max-connections", config.server.connections, {1, 1'000'000},
                     "Connections at once; fewer where descriptors are short");
  options.add_number("--max-calls-per-connection", config.server.calls_per_connection, {1, 1'000'000},
                     "Calls and Watches of one connection at once; its client makes more wait");
  options.add_number("--max-calls", config.server.calls.calls, {1, 1'000'000},
                     "Calls at once, Watches aside; more are refused");
  options.add_number("--max-watches", config.server.calls.watches, {1, 1'000'000}, "Watches at once; more are refused");
  options.add_switch("--demo-sources", demo_sources,
                     "Tell of a made-up heart rate and of this machine, on channels/heart-rate and channels/host");
  options.add_check([&config]() -> std::optional<std::string> {
    const auto& kept = config.engine.retention;
    if (kept.deletions >= kept.updates) return std::nullopt;
    return "--retain-deletions: shorter than --retain-updates, so that updates would be left of tasks that are gone; "
           "make it longer";
  });
  options.add_check([&config] { return data_dir_mistake(config.engine.store.data_dir); });
  options.add_check([&config] { return files_root_mistake(config.engine.files_root); });
  options.add_check([&] { return commands_mistake(commands_file, config.engine.commands); });
  options.add_command("check",
                      "Look whether the log in --data-dir is as it was written; an engine may be running on it",
                      [&config] { config.command = Command::check; });
  options
      .add_command("backup", "Copy the log in --data-dir into a new file; an engine may be running on it",
                   [&config] { config.command = Command::backup; })
      ->add_option("FILE", config.backup_file, "Where to")
      ->required()
      ->configurable(false);
  const auto status = options.parse(argc, argv);
  config.server.calls.claims = most_claims;
  leases.progress_interval = runner.progress_interval;
  output.first = std::min(output.first, output.all / 2);
  store.durability = durability == "full" ? engine::Durability::full : engine::Durability::normal;
  return status;
}

}  // namespace taskwire::rpc
