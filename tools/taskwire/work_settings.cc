#include "taskwire/work_settings.h"

#include <algorithm>

#include "progress/profile.h"
#include "taskwire/command_line.h"
#include "taskwire/note.h"
#include "taskwire/worker_name.h"

namespace taskwire::cli {
namespace {

constexpr const char* kWorkDescription = "Takes tasks of the given types from the queue, and runs a command for each.";

constexpr const char* kWorkFooter =
    R"(The command gets the task's parameters as JSON on standard input, and each as TASKWIRE_PARAM_<NAME>. Its progress and its
output are told as by taskwire run. Where it succeeds and the last line it printed is an object of JSON, that is the
task's result; else the result is {"exitStatus":0}. A command that fails is run again as often as the type or the task says.

SIGTERM or SIGINT: no more tasks are taken, and those at work are finished; a second one stops those, too.

Exit status: 0 after such a signal; 1 the server refused the types; 2 the command line was not understood.)";

}  // namespace

std::optional<int> parse_work(const std::vector<std::string>& words, WorkSettings& settings) {
  constexpr std::size_t kMostParallel = 100;
  settings.worker = worker_name();
  CommandLine line("work", kWorkDescription, kWorkFooter);
  auto& app = line.app();
  add_edge_options(app, settings.edge, false);
  app.add_option("--type,-t", settings.types, "A type of tasks; may be given several times")->required();
  app.add_option("--parallel", settings.parallel, "So many tasks at a time")
      ->capture_default_str()
      ->take_last()
      ->check(CLI::Range(std::size_t{1}, kMostParallel));
  app.add_option("--worker", settings.worker, "What this worker is called; by default after the machine")->take_last();
  app.add_option("--progress", settings.profile, "Whose progress it prints, as of taskwire run")->take_last();
  app.add_flag("--json", settings.is_json, "At each end a line of JSON on standard error: taskId, status, exitStatus");
  line.add_duration("--grace", settings.grace, "After a cancel, until SIGKILL");
  if (const auto status = line.parse(words, settings.command)) return status;
  if (settings.command.empty())
    return mistake("work", "no command; write it after --, as in: taskwire work --type resize -- ./resize.sh");
  if (!settings.profile.empty() && progress::profile_named(settings.profile) == nullptr)
    return mistake("work", "--progress: '" + settings.profile + "' is not known");
  if (const auto wrong = check_edge(settings.edge, false)) return mistake("work", wrong->text);
  return std::nullopt;
}

Variables param_variables(const nlohmann::json& params) {
  Variables variables;
  if (!params.is_object()) return variables;
  for (const auto& [key, value] : params.items()) {
    std::string name = "TASKWIRE_PARAM_";
    for (const char c : key) {
      const bool is_lower = c >= 'a' && c <= 'z';
      const bool is_kept = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      name += is_lower ? static_cast<char>(c - 'a' + 'A') : is_kept ? c : '_';
    }
    variables.emplace_back(std::move(name), value.is_string() ? value.get<std::string>() : value.dump());
  }
  return variables;
}

}  // namespace taskwire::cli
