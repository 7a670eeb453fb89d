#pragma once

#include <cstdint>
#include <google/protobuf/struct.pb.h>
#include <string>

#include "base/error.h"
#include "tasks/struct_json.h"

namespace taskwire::engine {

/// `given` with the defaults of `schema` filled in at every level. `schema` is one that `check_schema` takes.
/// `INVALID_PARAMS`, naming the parameter by its path and the mend, where they do not fit; `PARAMS_TOO_LARGE` where the
/// defaults come to too much.
[[nodiscard]] Result<google::protobuf::Struct> check_params(const google::protobuf::Struct& schema,
                                                            const google::protobuf::Struct& given);

/// Params of a checked task; they are there if the schema gives a default.
[[nodiscard]] std::int64_t integer_param(const google::protobuf::Struct& params, const std::string& name);
[[nodiscard]] double number_param(const google::protobuf::Struct& params, const std::string& name);
[[nodiscard]] const std::string& string_param(const google::protobuf::Struct& params, const std::string& name);

}  // namespace taskwire::engine
