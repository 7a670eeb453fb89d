#pragma once

#include <cstddef>
#include <google/protobuf/struct.pb.h>

#include "base/error.h"

namespace taskwire::engine {

/// How many schemas may be in each other.
inline constexpr int kMostSchemaDepth = 16;
/// How many objects and arrays of a schema may be in each other: protobuf reads no deeper.
inline constexpr int kMostSchemaNesting = 30;
/// How long a schema may be, as JSON.
inline constexpr std::size_t kMostSchemaBytes = std::size_t{64} << 10;

/// That params can be checked by `schema`. `UNSUPPORTED_SCHEMA`, naming the keyword, where it stands, and the mend: a
/// keyword that is not one of `type properties required additionalProperties enum const default title description
/// minimum maximum minLength maxLength minItems maxItems items`, or has a value of the wrong kind; a default that does
/// not fit its own schema, or is the whole's; a whole that is not of type object; beyond one of the limits above.
[[nodiscard]] Result<void> check_schema(const google::protobuf::Struct& schema);

}  // namespace taskwire::engine
