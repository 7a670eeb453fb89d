#include "taskwire/run_settings.h"

#include <algorithm>

#include "progress/command.h"
#include "progress/profile.h"
#include "progress/scan.h"
#include "tail/text.h"
#include "taskwire/command_line.h"
#include "taskwire/note.h"

namespace taskwire::cli {
namespace {

constexpr const char* kRunDescription =
    "Runs a command as if it were alone, and shows it as a task: its progress, its output and its end.";

constexpr const char* kRunFooter =
    R"(The command has the terminal, standard input, signals and window size as without taskwire, and what it prints comes
out byte for byte. Its progress is read out of that. It never fails, waits or slows down because of a server: with none
there it runs all the same, and what it did is told when the server is there. A cancel sends SIGTERM to it and all it
started, and after --grace SIGKILL.

It finds TASKWIRE_URL, TASKWIRE_TASK and TASKWIRE_LEASE in its environment where its task has begun in time, and may send
sd_notify(3) messages to NOTIFY_SOCKET.

Exit status: that of the command; 128 and the number of the signal that ended it; 126 or 127 where it cannot be started;
125 where --require-server found no server that takes the task; 2 where the command line was not understood.)";

std::string profile_list() {
  std::string list;
  for (const auto name : progress::profile_names()) list.append(list.empty() ? "" : ", ").append(name);
  return list;
}

/// `name` as tasks have names: a line of 256 bytes at most.
std::string fitting_name(const std::string& name) {
  constexpr std::size_t kMost = 256;
  auto line = tail::printable(name);
  line.erase(0, line.find_first_not_of(' '));
  line = progress::clean(line, kMost);
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

bool is_word(const std::string& text) {
  constexpr std::size_t kMost = 20;
  return !text.empty() && text.size() <= kMost &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; }) &&
         text[0] != '-';
}

}  // namespace

std::string usual_name(const std::vector<std::string>& command) {
  const auto run = progress::command_of(command);
  std::string name(run.name);
  if (!run.arguments.empty() && is_word(run.arguments.front())) name += " " + run.arguments.front();
  return name.empty() ? "command" : name;
}

std::optional<int> parse_run(const std::vector<std::string>& words, RunSettings& settings) {
  CommandLine line("run", kRunDescription, kRunFooter);
  auto& app = line.app();
  add_edge_options(app, settings.edge, true);
  app.add_option("--name,-n", settings.name, "What the task is called; by default after the program")->take_last();
  app.add_option("--type", settings.type, "The type of the task")->capture_default_str()->take_last();
  app.add_option("--progress", settings.profile, "Whose progress it prints: " + profile_list())
      ->check(CLI::Validator(
          [](std::string& name) {
            return progress::profile_named(name) == nullptr
                       ? "--progress: '" + name + "' is not known; choose of " + profile_list()
                       : std::string();
          },
          ""))
      ->take_last();
  line.add_duration("--grace", settings.grace, "After a cancel, until SIGKILL");
  line.add_duration("--wait", settings.wait, "After its end, for a server that went away meanwhile");
  app.add_flag("--require-server", settings.requires_server, "Do not start the command where no server takes the task");
  app.add_flag("--json", settings.is_json, "At the end a line of JSON on standard error: taskId, status, exitStatus");
  if (const auto status = line.parse(words, settings.command)) return status;
  if (settings.command.empty()) return mistake("run", "no command; write it after --, as in: taskwire run -- make -j4");
  if (const auto wrong = check_edge(settings.edge, true)) {
    if (!wrong->is_of_environment || settings.requires_server) return mistake("run", wrong->text);
    settings.untold = wrong->text;
  }
  settings.name = fitting_name(settings.name);
  if (settings.name.empty()) settings.name = fitting_name(usual_name(settings.command));
  return std::nullopt;
}

}  // namespace taskwire::cli
