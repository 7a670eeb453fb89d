#include "engine/engine.h"

#include <spdlog/spdlog.h>
#include <unistd.h>
#include <utility>

#include "commands/command_type.h"
#include "sources/heart_rate.h"
#include "sources/host.h"
#include "types/attempts.h"
#include "types/checksum.h"
#include "types/countdown.h"
#include "types/simulate.h"

namespace taskwire::engine {
namespace {

std::vector<std::unique_ptr<const TaskType>> built_in_types(Files files) {
  std::vector<std::unique_ptr<const TaskType>> types;
  types.push_back(std::make_unique<Checksum>(std::move(files)));
  types.push_back(std::make_unique<Attempts>());
  types.push_back(std::make_unique<Countdown>());
  types.push_back(std::make_unique<Simulate>());
  return types;
}

std::vector<std::unique_ptr<const TaskType>> with_commands(std::vector<std::unique_ptr<const TaskType>> types,
                                                           const std::vector<Command>& commands,
                                                           const AttemptOutput::Means& output) {
  for (const auto& command : commands) types.push_back(std::make_unique<CommandType>(command, output));
  return types;
}

/// Programs that are root's by nobody's decision.
void warn_of_root(const std::vector<Command>& commands) {
  std::string types;
  for (const auto& command : commands) {
    if (!command.user) types += (types.empty() ? "" : ", ") + command.type;
  }
  if (geteuid() == 0 && !types.empty())
    spdlog::warn("programs of --commands run as root, as the engine does; give them a user: {}", types);
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::open(const Settings& settings) {
  auto store = SqliteStore::open(settings.store, kMachineClock);
  if (!store) return tl::make_unexpected(store.error());
  auto files = Files::open(settings.files_root, settings.store.data_dir);
  if (!files) return tl::make_unexpected(files.error());
  auto log = EventLog::open(**store, settings.log);
  if (!log) return tl::make_unexpected(log.error());
  std::unique_ptr<Engine> engine(
      new Engine(settings, std::move(*store), std::move(*log), built_in_types(std::move(*files))));
  if (auto read = engine->take_up_work(); !read) return tl::make_unexpected(read.error());
  if (auto recovered = engine->recover(); !recovered) return tl::make_unexpected(recovered.error());
  engine->log_->start();
  warn_of_root(settings.commands);
  return engine;
}

Engine::Engine(const Settings& settings, std::unique_ptr<SqliteStore> store, std::unique_ptr<EventLog> log,
               BuiltIn types)
    : store_(std::move(store)),
      log_(std::move(log)),
      reads_(*log_, settings.reads),
      output_(OutputReads::of({reads_, kMachineClock, timers_})),
      catalogue_(with_commands(std::move(types), settings.commands, {*log_, *output_, settings.output})),
      health_(StoreHealth::of(*log_, kMachineClock, timers_)),
      runner_({*log_, catalogue_, kMachineClock, timers_, system_random()}, settings.runner),
      steps_(settings.watch_threads),
      presence_(kMachineClock, settings.leases.lease),
      leases_(
          LeaseKeeper::of({*log_, catalogue_, presence_, kMachineClock, timers_, system_random()}, settings.leases)),
      work_(LeasedWork::of({*log_, *leases_, presence_, *output_, kMachineClock, timers_}, settings.most_claims)),
      scheduler_(
          Scheduler::of({*log_, reads_, runner_, *work_, catalogue_, kMachineClock, timers_}, settings.scheduler)),
      tasks_({*log_, catalogue_, *scheduler_, reads_, system_random()}),
      workers_({*log_, catalogue_, *scheduler_, *work_, *leases_, presence_, *output_, settings.output, kMachineClock,
                system_random()}),
      publisher_(*log_),
      watchers_({*log_, steps_, reads_, timers_, kMachineClock}),
      retention_(*log_, kMachineClock, settings.retention),
      recovery_(Recovery::of(tasks_, kMachineClock, timers_)) {
  log_->answer_on(steps_);
  work_->serve(scheduler_);
  scheduler_->on_change([health = health_](bool runs_tasks) { health->set_runs_tasks(runs_tasks); });
  if (!settings.demo_sources) return;
  const Ticker::Means means{*log_, kMachineClock, timers_};
  sources_.push_back(std::make_shared<Ticker>(means, std::make_unique<HeartRate>(system_random())));
  sources_.push_back(std::make_shared<Ticker>(means, std::make_unique<Host>(read_small_file)));
}

Engine::~Engine() {
  recovery_->stop();
  sources_.clear();
  retention_.stop();
  let_go();
  leases_->stop();
  scheduler_->stop();
  runner_.stop();
  reads_.stop();
  log_->stop();
  if (auto closed = store_->close(); !closed) spdlog::error("{}", closed.error().message);
}

Result<void> Engine::take_up_work() {
  auto reader = log_->read();
  if (!reader) return tl::make_unexpected(reader.error());
  const auto types = (*reader)->types();
  const auto leases = (*reader)->leases();
  const auto open = leases.empty() ? std::vector<v1::Task>() : (*reader)->open_tasks();
  if (auto error = (*reader)->error()) return tl::make_unexpected(*error);
  for (const auto& type : types) {
    if (!catalogue_.put(type))
      spdlog::warn("type '{}' was registered for workers, and is one of --commands now: the engine does it itself",
                   type.type());
  }
  leases_->take_up(leases, open);
  return {};
}

Result<void> Engine::recover() {
  auto recovered = recovery_->begin(store_->was_closed() ? Stop::in_order : Stop::crash);
  if (recovered) return recovered;
  // What cannot be read would not get better by waiting.
  auto reader = log_->read();
  if (!reader) return recovered;
  (void)(*reader)->open_tasks();
  if ((*reader)->error()) return recovered;
  health_->set_runs_tasks(false);
  return {};
}

void Engine::run() {
  recovery_->when_done([this] {
    health_->set_runs_tasks(true);
    scheduler_->start();
    retention_.start();
    for (const auto& source : sources_) source->start();
  });
}

void Engine::read_events(const v1::ReadEventsRequest& request, Done<ReadEventsAnswer> done,
                         StoreReads::IsGone is_gone) {
  if (log_->tail_is_current()) {
    if (auto answer = engine::read_events(log_->tail(), log_->epoch(), request)) return done(std::move(*answer));
  }
  const auto read = [request](ReadTransaction& reader) { return engine::read_events(reader, request); };
  reads_.read<ReadEventsAnswer>(StoreReads::Reader::caller, read, std::move(done), std::move(is_gone));
}

}  // namespace taskwire::engine
