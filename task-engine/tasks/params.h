#pragma once

#include <cstdint>
#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>
#include <string>
#include <string_view>

#include "base/error.h"

namespace taskwire::engine {

/// `given` with the defaults of `schema` filled in; `INVALID_PARAMS`, naming the parameter and the mend, where it does
/// not fit. `schema` is a flat JSON Schema: an object whose `properties` say `type`, `default`, `enum`, `minimum`,
/// `maximum`, `maxLength`, `minItems`, `maxItems` and, for arrays, `items`.
[[nodiscard]] Result<google::protobuf::Struct> check_params(const google::protobuf::Struct& schema,
                                                            const google::protobuf::Struct& given);

/// Params of a checked task; they are there if the schema gives a default.
[[nodiscard]] std::int64_t integer_param(const google::protobuf::Struct& params, const std::string& name);
[[nodiscard]] double number_param(const google::protobuf::Struct& params, const std::string& name);
[[nodiscard]] const std::string& string_param(const google::protobuf::Struct& params, const std::string& name);

/// Whether JSON can carry it: neither NaN nor infinity nor a value of no kind, and all text UTF-8.
[[nodiscard]] bool is_json(const google::protobuf::Struct& object);

/// The compact JSON text of a message that JSON can carry; keys in order.
[[nodiscard]] std::string to_json(const google::protobuf::Message& message);

/// The struct that a JSON text spells; a text that spells none is a bug.
[[nodiscard]] google::protobuf::Struct struct_from_json(std::string_view json);

}  // namespace taskwire::engine
