#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "client/url.h"

namespace taskwire::cli {

/// Which edge is asked, and as whom.
struct EdgeSettings {
  std::string address;  ///< As `--url` has it; empty: that of the environment, or the default.
  client::Url url;
  std::string user;
  std::string token;
};

/// What is wrong with them.
struct EdgeMistake {
  std::string text;  ///< For people; begins with the flag, or with the variable.
  bool is_of_environment = false;
};

/// Adds `--url`, and `--user` where one is asked for. The token comes from TASKWIRE_TOKEN alone: what stands on a
/// command line everybody can read.
void add_edge_options(CLI::App& app, EdgeSettings& settings, bool has_user);

/// Once the command line is read: completes the settings by the environment, and the user by the name of the machine's.
/// Answers what is wrong: of the command line, if that is, else of the environment.
[[nodiscard]] std::optional<EdgeMistake> check_edge(EdgeSettings& settings, bool has_user);

}  // namespace taskwire::cli
