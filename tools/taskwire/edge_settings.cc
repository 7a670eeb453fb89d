#include "taskwire/edge_settings.h"

#include <algorithm>
#include <cstdlib>
#include <pwd.h>
#include <unistd.h>

#include "resume/topic.h"

namespace taskwire::cli {
namespace {

std::string user_of_machine() {
  const passwd* const entry = getpwuid(geteuid());
  return entry == nullptr || !is_name(entry->pw_name) ? std::string("anyone") : std::string(entry->pw_name);
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

void add_edge_options(CLI::App& app, EdgeSettings& settings, bool has_user) {
  app.add_option("--url", settings.address, "The edge; by default TASKWIRE_URL, or http://localhost:8080")->take_last();
  if (has_user) {
    app.add_option("--user,-u", settings.user,
                   "Whose tasks; by default TASKWIRE_USER, or the name of the machine's user")
        ->take_last();
  }
}

std::optional<EdgeMistake> check_edge(EdgeSettings& settings, bool has_user) {
  std::optional<EdgeMistake> mistake;
  const auto find = [&mistake](bool is_of_flag, const char* flag, const char* name, const std::string& what) {
    if (!mistake || (mistake->is_of_environment && is_of_flag))
      mistake = EdgeMistake{std::string(is_of_flag ? flag : name) + ": " + what, !is_of_flag};
  };
  const bool has_address = !settings.address.empty();
  if (!has_address) settings.address = variable("TASKWIRE_URL");
  if (settings.address.empty()) settings.address = "http://localhost:8080";
  auto url = client::parse_edge(settings.address);
  if (url) {
    settings.url = *std::move(url);
  } else {
    find(has_address, "--url", "TASKWIRE_URL", url.error());
  }
  settings.token = variable("TASKWIRE_TOKEN");
  if (std::any_of(settings.token.begin(), settings.token.end(), [](char c) { return c <= ' ' || c >= '\x7F'; }))
    find(false, "", "TASKWIRE_TOKEN", "it has characters that no token has");
  if (!has_user) return mistake;
  const bool has_name = !settings.user.empty();
  if (!has_name) settings.user = variable("TASKWIRE_USER");
  if (settings.user.empty()) settings.user = user_of_machine();
  if (!is_name(settings.user)) {
    find(has_name, "--user", "TASKWIRE_USER",
         "'" + settings.user + "' is no name; write 1 to 128 of A-Z a-z 0-9 . _ ~ @ -");
  }
  return mistake;
}

}  // namespace taskwire::cli
