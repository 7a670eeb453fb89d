#include "tail/settings.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "resume/topic.h"
#include "tail/exit_status.h"
#include "tail/note.h"

namespace taskwire::tail {
namespace {

constexpr const char* kDescription =
    "Follows an event stream of a taskwire edge, and goes on where it was after every break.";

constexpr const char* kFooter = R"(What to follow:
  tasks/alice                   the tasks of a user
  tasks/alice/k3v7qm2xw5ta      one task, until it ends
  channels/news messages/alice  any topics, in one stream
  /stream/news                  a path of the edge
  http://localhost:8080/stream/news

On a terminal tasks are bars and other events are lines; elsewhere each event is a line of JSON,
{"id":"...","event":"taskUpdate","data":{...}}. A run that is interrupted says how to go on where it stopped.

Exit status:
  0    the one task succeeded; the stream is over; --count was reached; the reader of a pipe left
  1    the one task failed; standard error says why
  2    the command line was not understood
  3    the one task was cancelled
  4    the one task was deleted, or is not known
  5    the server refused
  6    the connection was lost and --no-retry given, or the output cannot be written
  130  interrupted (143: terminated))";

std::string check_types(std::string& list) {
  for (std::string_view rest = list; !rest.empty();) {
    const auto type = rest.substr(0, rest.find(','));
    if (!is_event_type_name(type))
      return "'" + std::string(type) + "' is no event type; write names with commas between";
    rest.remove_prefix(std::min(rest.size(), type.size() + 1));
  }
  return {};
}

std::string check_id(std::string& id) {
  const bool is_sendable = std::all_of(id.begin(), id.end(), [](unsigned char c) { return c >= ' ' && c != '\x7F'; });
  return is_sendable ? std::string() : "an id has no control characters";
}

/// The token is for the edge that was named for it, and for no other that a URL leads to.
bool is_at(const Target& target, const std::string& edge) {
  const auto known = client::parse_edge(edge);
  return known && known->host == target.host && known->port == target.port;
}

int mistake(const std::string& what) {
  note(what + " (see --help)");
  return static_cast<int>(ExitStatus::usage);
}

}  // namespace

std::optional<int> parse_command_line(int argc, const char* const* argv, Settings& settings) {
  std::vector<std::string> words;
  const char* const url = std::getenv("TASKWIRE_URL");
  std::string edge = url == nullptr || *url == '\0' ? "http://localhost:8080" : url;
  TargetQuery query;
  std::uint64_t count = 0;
  bool is_json = false;
  bool is_plain = false;
  bool gives_up = false;
  const bool is_part = argc > 0 && std::string_view(argv[0]) == "taskwire tail";  // of the program with all commands
  CLI::App app(kDescription, is_part ? "taskwire tail" : "taskwire-tail");
  app.footer(kFooter);
  app.set_version_flag("--version", TASKWIRE_VERSION);
  app.add_option("TARGET", words,
                 "What to follow: a URL, a path, one task, or topics; by default the tasks of TASKWIRE_USER");
  app.add_option("--url,--edge", edge, "The edge to ask, by default that of TASKWIRE_URL")
      ->capture_default_str()
      ->take_last()
      ->envname("TASKWIRE_EDGE");
  app.add_option("--from", query.from, "Where to start: now, snapshot or earliest")
      ->check(CLI::IsMember({"now", "snapshot", "earliest"}))
      ->take_last()
      ->envname("TASKWIRE_FROM");
  app.add_option("--last-event-id", settings.last_event_id, "Resume after this id")
      ->check(CLI::Validator(check_id, ""))
      ->take_last()
      ->envname("TASKWIRE_LAST_EVENT_ID");
  app.add_option("--types", query.types, "Only events of these types, with commas between")
      ->check(CLI::Validator(check_types, ""))
      ->take_last()
      ->envname("TASKWIRE_TYPES");
  auto* const limit =
      app.add_option("--count", count, "End after so many events; reset, synced, skipped and upstream do not count")
          ->check(CLI::PositiveNumber)
          ->take_last()
          ->envname("TASKWIRE_COUNT");
  app.add_flag("--json", is_json, "A JSON object a line, also on a terminal")->envname("TASKWIRE_JSON");
  app.add_flag("--plain", is_plain, "For people, also where there is no terminal")->envname("TASKWIRE_PLAIN");
  app.add_flag("--no-retry", gives_up, "End when the connection is lost")->envname("TASKWIRE_NO_RETRY");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return mistake(error.what());
  }
  if (words.empty()) {
    const char* const user = std::getenv("TASKWIRE_USER");
    if (user == nullptr || *user == '\0') return mistake("TARGET is required, or TASKWIRE_USER");
    if (!is_name(user)) return mistake("TASKWIRE_USER: '" + std::string(user) + "' is no user's name");
    words = {std::string("tasks/") + user};
  }
  if (is_json && is_plain) return mistake("--json and --plain exclude each other");
  auto target = parse_target(words, edge, query);
  if (!target) return mistake(target.error());
  settings.target = *std::move(target);
  const char* const token = std::getenv("TASKWIRE_TOKEN");
  if (token != nullptr && is_at(settings.target, edge)) settings.token = token;
  if (limit->count() > 0) settings.count = count;
  settings.retries = !gives_up;
  if (is_json) settings.form = Settings::Form::json;
  if (is_plain) settings.form = Settings::Form::plain;
  return std::nullopt;
}

}  // namespace taskwire::tail
