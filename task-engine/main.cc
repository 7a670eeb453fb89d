#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <spdlog/spdlog.h>
#include <utility>

#include "commands.h"
#include "engine/engine.h"
#include "libraries/library_log.h"
#include "process/descriptors.h"
#include "process/log.h"
#include "process/options.h"
#include "process/stop_signals.h"
#include "rpc/config.h"
#include "rpc/server.h"
#include "scrape/engine_metrics.h"
#include "scrape/scrape_listener.h"

int main(int argc, char** argv) {
  using namespace taskwire;
  const ProcessLog log;
  take_library_logs();
  rpc::Config config;
  if (const auto status = rpc::parse_config(argc, argv, config)) return *status;
  if (config.command == rpc::Command::check) return check(config.engine.store.data_dir);
  if (config.command == rpc::Command::backup) return back_up(config.engine.store.data_dir, config.backup_file);
  StopSignals signals;
  std::signal(SIGXFSZ, SIG_IGN);  // a limit of file size is met by the write, which says so
  config.server.descriptors = raise_descriptor_limit();
  const auto engine = engine::Engine::open(config.engine);
  if (!engine) {
    spdlog::critical("{}", engine.error().message);
    return EXIT_FAILURE;
  }
  const auto server = rpc::Server::listen(config.listen, config.server, **engine);
  if (!server) {
    spdlog::critical("{}", server.error().message);
    return EXIT_FAILURE;
  }
  std::unique_ptr<scrape::ScrapeListener> metrics;
  if (!config.metrics_listen.empty()) {
    auto listener = scrape::ScrapeListener::open(config.metrics_listen,
                                                 [&] { return scrape::engine_metrics(**engine, (*server)->limits()); });
    if (!listener) {
      spdlog::critical("{}", listener.error().message);
      (*server)->shut_down(std::chrono::seconds(0));  // who has called already is not waited for
      return EXIT_FAILURE;
    }
    metrics = std::move(*listener);
  }
  (*engine)->run();
  for (const auto& address : (*server)->addresses()) spdlog::info("listening on {}", to_string(address));
  if (metrics) {
    for (const auto& address : metrics->addresses()) spdlog::info("metrics at http://{}/metrics", to_string(address));
  }
  signals.wait();
  spdlog::info("stopping");
  (*server)->shut_down(std::chrono::seconds(5));
  return EXIT_SUCCESS;
}
