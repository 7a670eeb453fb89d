#include <csignal>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "engine/engine.h"
#include "process/options.h"
#include "rpc/config.h"
#include "rpc/server.h"

constexpr unsigned kPatienceSeconds = 15;

int main(int argc, char** argv) {
  using namespace taskwire;
  rpc::Config config;
  if (const auto status = rpc::parse_config(argc, argv, config)) return *status;

  // Blocked before any thread starts, so that all inherit it and only sigwait takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const auto engine = engine::Engine::open(config.engine);
  if (!engine) {
    spdlog::critical("{}", engine.error().message);
    return 1;
  }
  const auto server = rpc::Server::listen(config.listen, **engine);
  if (!server) {
    spdlog::critical("{}", server.error().message);
    return 1;
  }
  (*engine)->run();
  spdlog::info("listening on {}",
               to_string(Address{parse_address(config.listen)->host, static_cast<std::uint16_t>((*server)->port())}));
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("stopping");
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // who asks again does not wait
  alarm(kPatienceSeconds);                          // a task that cannot stop ends as in a crash
  (*server)->shut_down(std::chrono::seconds(5));
  return 0;
}
