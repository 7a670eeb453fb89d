#include <csignal>
#include <cstdlib>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include "net/server.h"
#include "process/options.h"

int main(int argc, char** argv) {
  using namespace taskwire;
  edge::Config config;
  if (const auto status = edge::parse_command_line(argc, argv, config)) return *status;

  // Blocked before any thread starts, so that only sigwait takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  edge::Server server(config);
  const auto port = server.start();
  if (!port) {
    spdlog::error("{}", port.error());
    return EXIT_FAILURE;
  }
  spdlog::info("listening on {}", to_string(Address{parse_address(config.listen)->host, *port}));
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("stopping");
  server.stop();
  spdlog::info("stopped");
  return EXIT_SUCCESS;
}
