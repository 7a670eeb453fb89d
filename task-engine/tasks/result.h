#pragma once

#include <google/protobuf/struct.pb.h>

#include "base/error.h"

namespace taskwire::engine {

/// What an attempt came to, if it can be kept: `INTERNAL` where JSON cannot carry it, `RESULT_TOO_LARGE` above 2 MiB.
[[nodiscard]] Result<google::protobuf::Struct> check_result(Result<google::protobuf::Struct> outcome);

}  // namespace taskwire::engine
