#include <csignal>
#include <cstdlib>
#include <spdlog/spdlog.h>

#include "libraries/library_log.h"
#include "net/server.h"
#include "process/log.h"
#include "process/options.h"
#include "process/stop_signals.h"

int main(int argc, char** argv) {
  using namespace taskwire;
  const ProcessLog log;
  take_library_logs();
  edge::Config config;
  if (const auto status = edge::parse_command_line(argc, argv, config)) return *status;
  StopSignals signals;
  edge::Server server(config);
  const auto endpoints = server.start();
  if (!endpoints) {
    spdlog::error("{}", endpoints.error());
    return EXIT_FAILURE;
  }
  for (const auto& endpoint : *endpoints)
    spdlog::info("listening on {}", to_string(Address{endpoint.address().to_string(), endpoint.port()}));
  const int signal = signals.wait(config.drain);
  if (signal == SIGTERM) server.drain();
  spdlog::info("stopping");
  server.stop();
  spdlog::info("stopped");
  return EXIT_SUCCESS;
}
