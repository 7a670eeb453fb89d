#include "taskwire/assignment.h"

#include <cerrno>
#include <chrono>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

#include "program/hearing.h"
#include "program/notify_socket.h"
#include "taskwire/end_line.h"
#include "taskwire/execution.h"
#include "taskwire/finish_json.h"
#include "taskwire/note.h"
#include "taskwire/supervisor.h"
#include "taskwire/teller.h"

namespace taskwire::cli {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kTelling(60);  // then what was printed is left out
constexpr std::chrono::seconds kLastTelling(10);

/// A file in memory with `text`, to be read from its beginning.
Descriptor file_of(const std::string& text) {
  Descriptor file(memfd_create("params", MFD_CLOEXEC));
  if (!file || !write_all(file.get(), text)) throw std::system_error(errno, std::generic_category(), "memfd");
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

Variables surroundings(const WorkSettings& settings, const Lease& lease, const json& params,
                       const NotifySocket* notify) {
  auto variables = param_variables(params);
  variables.emplace_back("TERM_FEATURES", "P");
  variables.emplace_back("ConEmuANSI", "ON");
  variables.emplace_back("TASKWIRE_URL", "http://" + settings.edge.url.authority + settings.edge.url.path);
  variables.emplace_back("TASKWIRE_TASK", lease.task_id);
  variables.emplace_back("TASKWIRE_LEASE", lease.id);
  if (notify != nullptr) variables.emplace_back("NOTIFY_SOCKET", notify->path());
  return variables;
}

json params_of(const json& assignment) {
  const auto task = assignment.value("task", json());
  return task.is_object() ? task.value("params", json::object()) : json::object();
}

json result_of(const std::string& last_line) {
  auto result = json::parse(last_line, nullptr, false);
  return result.is_object() ? result : json{{"exitStatus", 0}};
}

Ending execute(const WorkSettings& settings, const Lease& lease, const json& params, const sigset_t& mask,
               Hearing& hearing, const Bell& stop) {
  Ending ending;
  try {
    const auto notify = NotifySocket::make();
    const auto* const socket = notify ? &*notify : nullptr;
    const auto input = file_of(params.dump());
    Execution::Settings wanted;
    wanted.command = settings.command;
    wanted.environment = environment_with(surroundings(settings, lease, params, socket), {"NOTIFY_SOCKET"});
    wanted.in = input.get();
    wanted.may_use_terminal = false;
    wanted.mask = mask;
    Execution execution(wanted, hearing);
    ending.cannot_start = execution.cannot_start();
    if (ending.cannot_start != 0) return ending;
    Supervisor supervisor({nullptr, &stop, socket, settings.grace}, execution, hearing);
    ending = supervisor.wait();
    execution.finish();
  } catch (const std::system_error& error) {  // of descriptors or threads the system gives no more
    ending.cannot_start = error.code().value();
  }
  return ending;
}

}  // namespace

void do_assignment(const WorkSettings& settings, const json& assignment, const sigset_t& mask, const Bell& stop) {
  const auto lease = lease_of(assignment);
  if (!lease) return note("an assignment without a lease was passed over");
  const auto params = params_of(assignment);
  Teller* told = nullptr;
  Hearing hearing(settings.command, settings.profile, [&told] { told->wake(); });
  Teller teller({settings.edge.url, settings.edge.token, {}, {}, lease}, [&stop] { stop.ring(); });
  told = &teller;
  teller.listen_to(hearing);
  const auto ending = execute(settings, *lease, params, mask, hearing, stop);
  hearing.finish();
  const auto finish = finish_json(ending, hearing.last_error_line(), result_of(hearing.last_output_line()), Again::yes);
  teller.end(finish);
  if (!teller.wait_until_over(Teller::Clock::now() + kTelling)) {
    hearing.with_output([](OutputQueue& output) { output.leave_out_all(); });
    teller.wait_until_over(Teller::Clock::now() + kLastTelling);
  }
  if (!teller.is_told()) note("the end of task " + lease->task_id + " could not be told: " + teller.trouble());
  if (settings.is_json) tell_line(end_line(lease->task_id, ending, finish));
}

}  // namespace taskwire::cli
