#pragma once

#include <google/protobuf/struct.pb.h>
#include <vector>

#include "commands/command_line.h"
#include "commands/json_file.h"

namespace taskwire::engine {

/// Refuses an argument that params may leave out where a literal option stands before it, which would then take the
/// next argument for its value. `written` is the list that `arguments` are of, `schema` that of the params, all of
/// which are in it.
[[nodiscard]] Result<void> check_options(const JsonValue& written, const std::vector<Argument>& arguments,
                                         const google::protobuf::Struct& schema);

}  // namespace taskwire::engine
