#include "commands/command_result.h"

#include <google/protobuf/util/json_util.h>

#include "tasks/struct_json.h"

namespace taskwire::engine {

google::protobuf::Struct result_of(const std::string& last_line) {
  google::protobuf::Struct result;
  const bool is_object = last_line.find('{') != std::string::npos &&
                         google::protobuf::util::JsonStringToMessage(last_line, &result).ok() && is_json(result);
  return is_object ? result : struct_from_json(R"({"exitStatus":0})");
}

}  // namespace taskwire::engine
