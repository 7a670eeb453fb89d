#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "client/url.h"

namespace taskwire::cli {

/// Which edge is asked, and as whom.
struct EdgeSettings {
  std::string address = "http://localhost:8080";
  client::Url url;
  std::string user;
  std::string token;
};

/// Adds `--url`, and `--user` where one is asked for. The token comes from TASKWIRE_TOKEN alone: what stands on a
/// command line everybody can read.
void add_edge_options(CLI::App& app, EdgeSettings& settings, bool has_user);

/// Once the command line is read: what is wrong with it, for people; empty: nothing. Without a user the name of the
/// machine's one is taken where a task is started.
[[nodiscard]] std::string check_edge(EdgeSettings& settings, bool has_user);

}  // namespace taskwire::cli
