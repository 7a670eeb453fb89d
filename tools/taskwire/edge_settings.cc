#include "taskwire/edge_settings.h"

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

}  // namespace

void add_edge_options(CLI::App& app, EdgeSettings& settings, bool has_user) {
  app.add_option("--url", settings.address, "The edge")->capture_default_str()->take_last()->envname("TASKWIRE_URL");
  if (has_user) {
    app.add_option("--user,-u", settings.user, "Whose tasks; by default the name of the machine's user")
        ->take_last()
        ->envname("TASKWIRE_USER");
  }
}

std::string check_edge(EdgeSettings& settings, bool has_user) {
  const char* const token = std::getenv("TASKWIRE_TOKEN");
  if (token != nullptr) settings.token = token;
  for (const char c : settings.token) {
    if (c <= ' ' || c >= '\x7F') return "TASKWIRE_TOKEN has characters that no token has";
  }
  auto url = client::parse_edge(settings.address);
  if (!url) return "--url: " + url.error();
  settings.url = *std::move(url);
  if (!has_user) return {};
  if (settings.user.empty()) settings.user = user_of_machine();
  if (!is_name(settings.user))
    return "--user: '" + settings.user + "' is no name; write 1 to 128 of A-Z a-z 0-9 . _ ~ @ -";
  return {};
}

}  // namespace taskwire::cli
