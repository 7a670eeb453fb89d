#include "taskwire/run.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <unistd.h>

#include "program/hearing.h"
#include "program/notify_socket.h"
#include "taskwire/environment.h"
#include "taskwire/execution.h"
#include "taskwire/exit_status.h"
#include "taskwire/finish_json.h"
#include "taskwire/note.h"
#include "taskwire/run_settings.h"
#include "taskwire/signals.h"
#include "taskwire/supervisor.h"
#include "taskwire/teller.h"
#include "taskwire/worker_name.h"

namespace taskwire::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = Teller::Clock;

constexpr milliseconds kStartWait(1000);  // for the lease, before the command starts without
constexpr seconds kRequiredWait(10);
constexpr seconds kLongestWait(30);

/// What the thread of the teller and that of the hearing may still use when the program ends without them.
struct Telling {
  explicit Telling(const RunSettings& settings)
      : hearing(settings.command, settings.profile, [this] { teller.wake(); }),
        teller({settings.edge.url,
                settings.edge.token,
                "/api/tasks/" + client::encoded(settings.edge.user) + "/start",
                {{"claim", true}, {"type", settings.type}, {"taskName", settings.name}, {"worker", worker_name()}},
                std::nullopt},
               [this] { cancelled.ring(); }) {
    teller.listen_to(hearing);
  }

  Bell cancelled;
  Hearing hearing;  // it calls the teller only once something was heard
  Teller teller;
};

Variables variables_of(const RunSettings& settings, const std::optional<Lease>& lease, const NotifySocket* notify) {
  Variables variables = {{"TERM_FEATURES", "P"}, {"ConEmuANSI", "ON"}};
  if (notify != nullptr) variables.emplace_back("NOTIFY_SOCKET", notify->path());
  if (lease) {
    variables.emplace_back("TASKWIRE_URL", "http://" + settings.edge.url.authority + settings.edge.url.path);
    variables.emplace_back("TASKWIRE_TASK", lease->task_id);
    variables.emplace_back("TASKWIRE_LEASE", lease->id);
  }
  return variables;
}

/// Where the command has ended: until all is told, or for `patience` while nobody listens.
bool wait_until_told(Teller& teller, milliseconds patience) {
  constexpr milliseconds kStep(20);
  const auto begin = Clock::now();
  auto last_heard = begin;
  for (;;) {
    const bool has_trouble = !teller.trouble().empty();
    if (has_trouble && !teller.has_task()) return false;  // there never was a server
    if (teller.wait_until_told(Clock::now() + kStep)) return true;
    const auto now = Clock::now();
    if (!has_trouble) last_heard = now;
    if (now > last_heard + patience || now > begin + kLongestWait) return false;
  }
}

Ending execute(const RunSettings& settings, const Signals& signals, Telling& telling,
               const std::optional<Lease>& lease) {
  const auto notify = NotifySocket::make();
  Execution::Settings wanted;
  wanted.command = settings.command;
  wanted.environment = environment_with(variables_of(settings, lease, notify ? &*notify : nullptr),
                                        {"TASKWIRE_URL", "TASKWIRE_TASK", "TASKWIRE_LEASE", "NOTIFY_SOCKET"});
  wanted.mask = signals.before();
  Execution execution(wanted, telling.hearing);
  Ending ending;
  if ((ending.cannot_start = execution.cannot_start()) != 0) return ending;
  if (execution.shares_group()) signals.release(SIGTSTP);
  Supervisor supervisor({&signals, &telling.cancelled, notify ? &*notify : nullptr, settings.grace}, execution,
                        telling.hearing);
  ending = supervisor.wait();
  signals.release_all();
  execution.finish();
  return ending;
}

}  // namespace

int run(const std::vector<std::string>& words) {
  RunSettings settings;
  if (const auto status = parse_run(words, settings)) return *status;
  const Signals signals;
  auto telling = std::make_unique<Telling>(settings);
  const auto lease =
      telling->teller.wait_for_lease(Clock::now() + (settings.requires_server ? kRequiredWait : kStartWait));
  if (!lease && settings.requires_server) {
    const auto trouble = telling->teller.trouble();
    note("http://" + settings.edge.url.authority + " does not take the task: " +
         (trouble.empty() ? "no answer in time" : trouble) + "; the command was not started");
    std::_Exit(kNoServer);
  }
  const auto ending = execute(settings, signals, *telling, lease);
  if (ending.cannot_start != 0) note("cannot run '" + settings.command[0] + "': " + std::strerror(ending.cannot_start));
  telling->hearing.finish();
  telling->teller.end(finish_json(ending, telling->hearing.last_error_line(), {{"exitStatus", ending.exit_status()}}));
  const bool is_told = wait_until_told(telling->teller, settings.wait);
  if (!is_told && isatty(STDERR_FILENO) == 1) {
    note("http://" + settings.edge.url.authority + " was not told of this command: " + telling->teller.trouble());
  }
  // What the threads wait for may take longer than anybody should wait for us.
  if (!is_told) std::_Exit(ending.exit_status());
  return ending.exit_status();
}

}  // namespace taskwire::cli
