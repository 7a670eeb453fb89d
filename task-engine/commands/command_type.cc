#include "commands/command_type.h"

#include <system_error>
#include <utility>

#include "commands/command_run.h"
#include "tasks/params.h"

namespace taskwire::engine {

CommandType::CommandType(Command command, const AttemptOutput::Means& output)
    : command_(std::move(command)), schema_(struct_from_json(command_.params)), output_(output) {}

Result<void> CommandType::check(const google::protobuf::Struct& params) const {
  return fill_in(command_.arguments, params).map([](const std::vector<std::string>& /*words*/) {});
}

Result<google::protobuf::Struct> CommandType::run(TaskContext& context) const {
  // The file may have been another one when the task was started, or the type one of workers.
  const auto params = check_params(schema_, context.task().params());
  if (!params) return tl::make_unexpected(params.error());
  try {
    return CommandRun(command_, output_, context).run(*params);
  } catch (const std::system_error& error) {  // no descriptor or no thread is left
    return refuse(Reason::cannot_start, "cannot be started: " + error.code().message());
  }
}

}  // namespace taskwire::engine
