#pragma once

#include <google/protobuf/struct.pb.h>
#include <string>

namespace taskwire::engine {

/// The result of a program that ended well: its last line where that is an object of JSON, else its exit status.
[[nodiscard]] google::protobuf::Struct result_of(const std::string& last_line);

}  // namespace taskwire::engine
