#include "taskwire/commands.h"

#include <algorithm>

#include "tail/program.h"
#include "tail/settings.h"
#include "taskwire/completion.h"
#include "taskwire/output_command.h"
#include "taskwire/run.h"
#include "taskwire/task_commands.h"
#include "taskwire/work.h"

namespace taskwire::cli {
namespace {

int tail_command(const std::vector<std::string>& words) {
  std::vector<const char*> arguments = {"taskwire tail"};
  for (const auto& word : words) arguments.push_back(word.c_str());
  tail::Settings settings;
  const auto status = tail::parse_command_line(static_cast<int>(arguments.size()), arguments.data(), settings);
  return status ? *status : static_cast<int>(tail::run(settings));
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> all = {
      {"run", "run a command as if it were alone, and show it as a task", run},
      {"work", "take tasks from the queue, and run a command for each", work},
      {"start", "start a task", start},
      {"list", "list tasks", list},
      {"show", "show a task", show},
      {"output", "show what a task prints, and follow it", output},
      {"cancel", "ask a task to stop", cancel},
      {"retry", "have a task done again", retry},
      {"publish", "publish to a channel", publish},
      {"tail", "follow any event stream", tail_command},
      {"completion", "print a completion script for a shell", completion},
  };
  return all;
}

const Command* command_named(std::string_view name) {
  const auto found =
      std::find_if(commands().begin(), commands().end(), [&](const Command& command) { return command.name == name; });
  return found == commands().end() ? nullptr : &*found;
}

std::string help_text() {
  constexpr std::size_t kColumn = 12;
  std::string text = "taskwire COMMAND [OPTIONS]\n\nAny program as a task, and tasks in a terminal.\n\nCommands:\n";
  for (const auto& command : commands()) {
    std::string name(command.name);
    name.resize(kColumn, ' ');
    text.append("  ").append(name).append(command.help).append("\n");
  }
  return text + R"(
taskwire COMMAND --help tells of each, with its exit statuses.

Environment:
  TASKWIRE_URL    the edge (default http://localhost:8080)
  TASKWIRE_USER   whose tasks
  TASKWIRE_TOKEN  sent as a bearer
)";
}

}  // namespace taskwire::cli
