#include "taskwire/run.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

#include "program/hearing.h"
#include "program/notify_socket.h"
#include "taskwire/end_line.h"
#include "taskwire/environment.h"
#include "taskwire/execution.h"
#include "taskwire/exit_status.h"
#include "taskwire/finish_json.h"
#include "taskwire/note.h"
#include "taskwire/run_settings.h"
#include "taskwire/signals.h"
#include "taskwire/supervisor.h"
#include "taskwire/teller.h"
#include "taskwire/untold.h"
#include "taskwire/worker_name.h"

namespace taskwire::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = Teller::Clock;

constexpr milliseconds kStartWait(1000);  // for the lease, before the command starts without
constexpr seconds kRequiredWait(10);
constexpr seconds kLongestWait(30);  // then what was printed is left out
constexpr seconds kLastWait(10);

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

/// Where the command has ended: whether all was told, for as long as the server answers, and for `patience` while it
/// does not.
bool wait_until_told(Telling& telling, milliseconds patience) {
  constexpr milliseconds kStep(20);
  auto& teller = telling.teller;
  const auto begin = Clock::now();
  bool is_hurried = false;
  for (;;) {
    if (teller.wait_until_over(Clock::now() + kStep)) return teller.is_told();
    if (!teller.has_task() && !teller.trouble().empty()) return false;  // there never was a server
    const auto now = Clock::now();
    if (now > std::max(begin, teller.last_answer()) + patience || now > begin + kLongestWait + kLastWait) return false;
    if (now > begin + kLongestWait && !std::exchange(is_hurried, true))
      telling.hearing.with_output([](OutputQueue& output) { output.leave_out_all(); });
  }
}

/// The command, with all that it is wired to.
struct Wired {
  Wired(const RunSettings& settings, const Signals& signals, Hearing& hearing, const std::optional<Lease>& lease)
      : notify(NotifySocket::make()), execution(wanted(settings, signals, lease), hearing) {}

  [[nodiscard]] const NotifySocket* socket() const { return notify ? &*notify : nullptr; }
  [[nodiscard]] Execution::Settings wanted(const RunSettings& settings, const Signals& signals,
                                           const std::optional<Lease>& lease) const {
    Execution::Settings wanted;
    wanted.command = settings.command;
    wanted.environment =
        environment_with(variables_of(settings, lease, socket()), {"TASKWIRE_TASK", "TASKWIRE_LEASE", "NOTIFY_SOCKET"});
    wanted.mask = signals.before();
    return wanted;
  }

  std::optional<NotifySocket> notify;
  Execution execution;
};

struct Ended {
  Ending ending;
  int typed = 0;  ///< The signal by which the keys of a terminal of its own ended it.
};

Ended stand_by(const RunSettings& settings, const Signals& signals, Telling& telling, Wired& wired) {
  Ended ended;
  auto& execution = wired.execution;
  if ((ended.ending.cannot_start = execution.cannot_start()) != 0) return ended;
  if (execution.shares_group()) signals.release(SIGTSTP);
  Supervisor supervisor({&signals, &telling.cancelled, wired.socket(), settings.grace}, execution, telling.hearing);
  ended.ending = supervisor.wait();
  ended.typed = supervisor.typed();
  signals.release_all();
  execution.finish();
  return ended;
}

/// As the terminal does with the process group of a command that runs alone: the shell that runs us is told as well.
void pass_to_group(int signal) {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  std::signal(signal, SIG_DFL);
  kill(0, signal);
}

}  // namespace

int run(const std::vector<std::string>& words) {
  RunSettings settings;
  if (const auto status = parse_run(words, settings)) return *status;
  if (!settings.untold.empty()) return run_untold(settings.command, settings.untold);
  const auto edge = "http://" + settings.edge.url.authority;
  std::optional<Signals> signals;
  std::unique_ptr<Telling> telling;
  std::unique_ptr<Wired> wired;
  try {
    signals.emplace();
    telling = std::make_unique<Telling>(settings);
    const auto lease =
        telling->teller.wait_for_lease(Clock::now() + (settings.requires_server ? kRequiredWait : kStartWait));
    if (!lease && settings.requires_server) {
      const auto trouble = telling->teller.trouble();
      note(edge + " does not take the task: " + (trouble.empty() ? "no answer in time" : trouble) +
           "; the command was not started");
      std::_Exit(kNoServer);
    }
    wired = std::make_unique<Wired>(settings, *signals, telling->hearing, lease);
  } catch (const std::exception& error) {  // of descriptors, threads or memory the system gives no more
    if (settings.requires_server) {
      note(std::string(error.what()) + "; the command was not started");
      std::_Exit(kNoServer);
    }
    static_cast<void>(telling.release());  // its threads go with this program
    signals.reset();
    return run_untold(settings.command, error.what());
  }
  const auto [ending, typed] = stand_by(settings, *signals, *telling, *wired);
  wired.reset();
  if (ending.cannot_start != 0) note("cannot run '" + settings.command[0] + "': " + std::strerror(ending.cannot_start));
  auto& hearing = telling->hearing;
  auto& teller = telling->teller;
  hearing.finish();
  const auto finish = finish_json(ending, hearing.last_error_line(), {{"exitStatus", ending.exit_status()}}, Again::no);
  teller.end(finish);
  const bool is_told = wait_until_told(*telling, settings.wait);
  // An edge that is away is nothing to a cron job; what it refuses is.
  if (!is_told && (teller.is_refused() || isatty(STDERR_FILENO) == 1))
    note(edge + " was not told of this command: " + teller.trouble());
  if (settings.is_json) {
    const auto lease = teller.wait_for_lease(Clock::now());
    tell_line(end_line(lease ? lease->task_id : std::string(), ending, finish));
  }
  if (typed != 0) pass_to_group(typed);
  // What the threads wait for may take longer than anybody should wait for us.
  if (!is_told) std::_Exit(ending.exit_status());
  return ending.exit_status();
}

}  // namespace taskwire::cli
