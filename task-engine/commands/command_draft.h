#pragma once

#include <google/protobuf/struct.pb.h>
#include <map>
#include <string>
#include <vector>

#include "commands/command.h"
#include "commands/json_file.h"
#include "tasks/struct_json.h"

namespace taskwire::engine {

/// A command while it is read. Not thread-safe.
struct CommandDraft {
  Command command;
  const JsonValue* arguments = nullptr;
  google::protobuf::Struct schema = struct_from_json(R"({"type":"object","properties":{}})");
  std::vector<std::string> inherited;  ///< Variables that the engine has.
  std::map<std::string, std::string> variables;
};

/// Reads what stands under one key of a type; `value.wrong` where that is not known, or its value is none.
[[nodiscard]] Result<void> read_key(const std::string& key, const JsonValue& value, CommandDraft& draft);

/// An error of what knows nothing of the file gets its place in it.
template <class T>
Result<T> placed(const JsonValue& value, Result<T> found) {
  if (!found) return value.wrong(found.error());
  return found;
}

}  // namespace taskwire::engine
