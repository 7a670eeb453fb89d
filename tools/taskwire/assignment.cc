#include "taskwire/assignment.h"

#include <chrono>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

#include "program/hearing.h"
#include "program/notify_socket.h"
#include "taskwire/execution.h"
#include "taskwire/finish_json.h"
#include "taskwire/note.h"
#include "taskwire/supervisor.h"
#include "taskwire/teller.h"

namespace taskwire::cli {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kTelling(60);  // a lease does not outlive that anyway

/// A file in memory with `text`, to be read from its beginning.
Descriptor file_of(const std::string& text) {
  Descriptor file(memfd_create("params", MFD_CLOEXEC));
  for (std::size_t at = 0; at < text.size();) {
    const auto written = write(file.get(), text.data() + at, text.size() - at);
    if (written <= 0) break;
    at += static_cast<std::size_t>(written);
  }
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

json result_of(const std::string& last_line) {
  auto result = json::parse(last_line, nullptr, false);
  return result.is_object() ? result : json{{"exitStatus", 0}};
}

}  // namespace

void do_assignment(const WorkSettings& settings, const json& assignment, const sigset_t& mask, const Bell& stop) {
  const auto lease = lease_of(assignment);
  if (!lease) return note("an assignment without a lease was passed over");
  const auto& task = assignment["task"];
  const auto params = task.value("params", json::object());
  Teller* told = nullptr;
  Hearing hearing(settings.command, settings.profile, [&told] { told->wake(); });
  Teller teller({settings.edge.url, settings.edge.token, {}, {}, lease}, [&stop] { stop.ring(); });
  told = &teller;
  teller.listen_to(hearing);
  Ending ending;
  {
    const auto notify = NotifySocket::make();
    const auto* const socket = notify ? &*notify : nullptr;
    const auto input = file_of(params.dump());
    Execution::Settings wanted;
    wanted.command = settings.command;
    wanted.environment = environment_with(surroundings(settings, *lease, params, socket), {"NOTIFY_SOCKET"});
    wanted.in = input.get();
    wanted.may_use_terminal = false;
    wanted.mask = mask;
    Execution execution(wanted, hearing);
    ending.cannot_start = execution.cannot_start();
    if (ending.cannot_start == 0) {
      Supervisor supervisor({nullptr, &stop, socket, settings.grace}, execution, hearing);
      ending = supervisor.wait();
      execution.finish();
    }
  }
  hearing.finish();
  teller.end(finish_json(ending, hearing.last_error_line(), result_of(hearing.last_output_line())));
  if (!teller.wait_until_told(Teller::Clock::now() + kTelling))
    note("the end of task " + lease->task_id + " could not be told: " + teller.trouble());
}

}  // namespace taskwire::cli
