#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>
#include <string>
#include <string_view>

namespace taskwire::engine {

/// Whether JSON can carry it: neither NaN nor infinity nor a value of no kind, and all text UTF-8.
[[nodiscard]] bool is_json(const google::protobuf::Struct& object);
[[nodiscard]] bool is_json(const google::protobuf::Value& value);

/// The compact JSON text of a message that JSON can carry; keys in order.
[[nodiscard]] std::string to_json(const google::protobuf::Message& message);

/// The struct that a JSON text spells; a text that spells none is a bug.
[[nodiscard]] google::protobuf::Struct struct_from_json(std::string_view json);

/// The field of that name; null where there is none.
[[nodiscard]] const google::protobuf::Value* find_field(const google::protobuf::Struct& object,
                                                        const std::string& name);

/// How deep params and results may be nested: protobuf reads 100 messages in each other, a level of these is three, and
/// there are five around them at most. HTTP takes 30, which a long request puts into one more.
inline constexpr int kMostNesting = 31;
/// How many objects and arrays of `value` are in each other.
[[nodiscard]] int nesting(const google::protobuf::Value& value);
[[nodiscard]] int nesting(const google::protobuf::Struct& object);

}  // namespace taskwire::engine
