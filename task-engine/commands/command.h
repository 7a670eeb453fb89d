#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <sys/types.h>
#include <vector>

#include "commands/command_line.h"
#include "tasks/type_policy.h"

namespace taskwire::engine {

/// Who a program runs as.
struct SystemUser {
  std::string name;
  std::string home;
  uid_t id = 0;
  gid_t group = 0;
  std::vector<gid_t> groups;  ///< Beside that.
};

/// A type of tasks that are programs which the engine runs, as an operator wrote it down.
struct Command {
  std::string type;
  std::string description;
  std::string params;                    ///< A JSON Schema, in the part of it that `check_schema` takes.
  std::string program;                   ///< Its path, from the root on.
  std::vector<Argument> arguments;       ///< The first is the program as it was written.
  std::string folder = "/";              ///< It runs in.
  std::vector<std::string> environment;  ///< `NAME=value`, whole, but for what each attempt has of its own.
  std::optional<SystemUser> user;        ///< Nothing: the engine's.
  TypePolicy policy;
  std::set<Reason> retried = {Reason::exit_status, Reason::signal};  ///< What may be better the next time.
  bool runs_again = false;                                           ///< After a stop of the engine.
  std::chrono::milliseconds grace{10'000};          ///< Between SIGTERM and SIGKILL, where it is to stop.
  std::chrono::milliseconds grace_of_engine{8000};  ///< At most, where the engine stops: `StopSignals` has to wait.
  std::string progress;                             ///< A profile of progress; empty: by the program's name.
  std::uint64_t memory = 0;       ///< Bytes of data of each of its processes; 0: as many as there are.
  std::uint64_t descriptors = 0;  ///< That each may open; 0: 1024, or fewer where the engine may have fewer.
};

}  // namespace taskwire::engine
