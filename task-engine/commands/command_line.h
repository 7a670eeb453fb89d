#pragma once

#include <google/protobuf/struct.pb.h>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace taskwire::engine {

/// An argument with places for params: `--size={size}`. `{{` and `}}` stand for `{` and `}`.
struct Argument {
  struct Part {
    std::string text;  ///< As it is, or a param's name.
    bool is_param = false;

    friend bool operator==(const Part&, const Part&) = default;
  };
  std::vector<Part> parts;
  bool may_begin_with_dash = false;  ///< By a param's value.
};

/// The argument that `text` spells. `CANNOT_START`, saying what is wrong with it.
[[nodiscard]] Result<Argument> parse_argument(std::string_view text);

/// The arguments with `params`, which fit the schema, in their places. Text stands as it is, anything else as JSON. One
/// that is nothing but a param that is a list becomes an argument for each of its items. One with a param that is
/// absent or null is left out. `INVALID_PARAMS`, naming the param: its value would have an argument begin with `-`, so
/// that a program could take it for an option, or holds a zero byte.
[[nodiscard]] Result<std::vector<std::string>> fill_in(const std::vector<Argument>& arguments,
                                                       const google::protobuf::Struct& params);

}  // namespace taskwire::engine
