#include <csignal>
#include <cstdlib>
#include <spdlog/spdlog.h>

#include "libraries/library_log.h"
#include "net/server.h"
#include "process/inherited_sockets.h"
#include "process/log.h"
#include "process/options.h"
#include "process/stop_signals.h"

int main(int argc, char** argv) {
  using namespace taskwire;
  const auto inherited = inherited_sockets();  // while there is one thread
  const ProcessLog log;
  take_library_logs();
  edge::Config config;
  if (const auto status = edge::parse_command_line(argc, argv, config)) return *status;
  if (!inherited) {
    spdlog::error("{}", inherited.error());
    return EXIT_FAILURE;
  }
  StopSignals signals;
  edge::Server server(config);
  const auto endpoints = server.start(*inherited);
  if (!endpoints) {
    spdlog::error("{}", endpoints.error());
    return EXIT_FAILURE;
  }
  for (const auto& endpoint : *endpoints)
    spdlog::info("listening on {}", to_string(Address{endpoint.address().to_string(), endpoint.port()}));
  const int signal = signals.wait(config.drain);
  if (signal == SIGTERM) server.drain();
  StopSignals::begin_stop();
  spdlog::info("stopping");
  server.stop();
  spdlog::info("stopped");
  return EXIT_SUCCESS;
}
