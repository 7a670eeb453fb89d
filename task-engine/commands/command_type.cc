#include "commands/command_type.h"

#include <system_error>

#include "commands/command_run.h"

namespace taskwire::engine {

Result<void> CommandType::check(const google::protobuf::Struct& params) const {
  return fill_in(command_.arguments, params).map([](const std::vector<std::string>& /*words*/) {});
}

Result<google::protobuf::Struct> CommandType::run(TaskContext& context) const {
  try {
    return CommandRun(command_, output_, context).run();
  } catch (const std::system_error& error) {  // no descriptor or no thread is left
    return refuse(Reason::cannot_start, "cannot be started: " + error.code().message());
  }
}

}  // namespace taskwire::engine
