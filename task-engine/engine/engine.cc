#include "engine/engine.h"

#include <spdlog/spdlog.h>
#include <utility>

#include "log/reading.h"
#include "sources/heart_rate.h"
#include "sources/host.h"
#include "types/attempts.h"
#include "types/checksum.h"
#include "types/countdown.h"
#include "types/simulate.h"

namespace taskwire::engine {
namespace {

Catalogue make_catalogue(Files files) {
  std::vector<std::unique_ptr<const TaskType>> types;
  types.push_back(std::make_unique<Checksum>(std::move(files)));
  types.push_back(std::make_unique<Attempts>());
  types.push_back(std::make_unique<Countdown>());
  types.push_back(std::make_unique<Simulate>());
  return Catalogue(std::move(types));
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
      new Engine(settings, std::move(*store), std::move(*log), make_catalogue(std::move(*files))));
  if (auto recovered = engine->tasks_.recover(); !recovered) return tl::make_unexpected(recovered.error());
  engine->log_->start();
  return engine;
}

Engine::Engine(const Settings& settings, std::unique_ptr<SqliteStore> store, std::unique_ptr<EventLog> log,
               Catalogue catalogue)
    : store_(std::move(store)),
      log_(std::move(log)),
      catalogue_(std::move(catalogue)),
      health_(StoreHealth::of(*log_, kMachineClock, timers_)),
      runner_(*log_, catalogue_, kMachineClock, timers_, settings.runner),
      readers_(settings.readers),
      tasks_({*log_, catalogue_, runner_, readers_, system_random()}),
      publisher_(*log_),
      watchers_({*log_, readers_, timers_, kMachineClock}) {
  if (!settings.demo_sources) return;
  const Ticker::Means means{*log_, kMachineClock, timers_};
  sources_.push_back(std::make_shared<Ticker>(means, std::make_unique<HeartRate>(system_random())));
  sources_.push_back(std::make_shared<Ticker>(means, std::make_unique<Host>(read_small_file)));
}

Engine::~Engine() {
  sources_.clear();
  runner_.stop();
  log_->stop();
  if (auto closed = store_->close(); !closed) spdlog::error("{}", closed.error().message);
}

void Engine::run() {
  tasks_.resume();
  for (const auto& source : sources_) source->start();
}

void Engine::read_events(const v1::ReadEventsRequest& request, Done<v1::ReadEventsResponse> done) {
  readers_.post([this, request, done = std::move(done)] {
    auto reader = log_->read();
    done(reader ? engine::read_events(**reader, request) : tl::make_unexpected(reader.error()));
  });
}

}  // namespace taskwire::engine
