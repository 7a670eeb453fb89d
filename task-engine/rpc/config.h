#pragma once

#include <optional>
#include <string>

#include "engine/engine.h"

namespace taskwire::rpc {

/// What the engine's command line says.
struct Config {
  std::string listen = "127.0.0.1:50051";
  engine::Engine::Settings engine{.demo_sources = true};
};

/// Reads the command line and the environment into `config`; answers an exit status where the program should end at
/// once.
[[nodiscard]] std::optional<int> parse_config(int argc, const char* const* argv, Config& config);

}  // namespace taskwire::rpc
