#pragma once

#include <optional>
#include <string>

#include "engine/engine.h"
#include "rpc/server.h"

namespace taskwire::rpc {

/// What the program is to do.
enum class Command { serve, check, backup };

/// What the engine's command line says.
struct Config {
  Config();  // elsewhere: inlined, GCC 12 takes a member of it for uninitialised

  Command command = Command::serve;
  std::string backup_file;  ///< Of Command::backup.
  std::string listen = "localhost:50051";
  std::string metrics_listen;  ///< Empty: nowhere.
  Server::Settings server;
  engine::Engine::Settings engine{.demo_sources = true};
};

/// Reads the command line and the environment into `config`; answers an exit status where the program should end at
/// once.
[[nodiscard]] std::optional<int> parse_config(int argc, const char* const* argv, Config& config);

}  // namespace taskwire::rpc
