#pragma once

#include <cstddef>
#include <google/protobuf/struct.pb.h>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace taskwire::engine {

/// Holds values against JSON Schemas (draft 2020-12), in the part of it that `check_schema` takes, and fills in what
/// they lack. Schemas and values come from outside: what both together would take too long for is refused. Not
/// thread-safe.
class SchemaCheck {
 public:
  /// How many comparisons one of these makes, all its calls together.
  static constexpr std::size_t kMostSteps = 2'000'000;
  /// What one call may fill in, as protobuf has it.
  static constexpr std::size_t kMostFilledBytes = std::size_t{64} << 10;

  /// Fills the defaults of `schema` into `value`, which JSON can carry, at every level. `INVALID_PARAMS`: it does not
  /// fit; the message begins with the path of the part that does not, below `name`, and says the mend.
  /// `PARAMS_TOO_LARGE`: there is too much to fill in. The value is of no use then.
  [[nodiscard]] Result<void> fit(const google::protobuf::Struct& schema, std::string_view name,
                                 google::protobuf::Value& value);

 private:
  /// What is wrong, and where, seen from the value that was looked at.
  struct Misfit {
    std::string where;
    std::string what;
    Reason reason = Reason::invalid_params;
  };
  using Found = std::optional<Misfit>;

  Found check(const google::protobuf::Struct& schema, google::protobuf::Value& value);
  Found check_choice(const google::protobuf::Struct& schema, const google::protobuf::Value& value);
  Found check_items(const google::protobuf::Struct& schema, google::protobuf::ListValue& list);
  Found check_members(const google::protobuf::Struct& schema, google::protobuf::Struct& object);
  Found check_given(const google::protobuf::Struct& schema, google::protobuf::Struct& object);
  Found fill_in(const google::protobuf::Struct& properties, google::protobuf::Struct& object);
  [[nodiscard]] bool equal(const google::protobuf::Value& a, const google::protobuf::Value& b);
  Found step();

  std::size_t steps_ = 0;
  std::size_t filled_bytes_ = 0;
};

/// The path of a member: `params.size`, `params["odd name"]`.
[[nodiscard]] std::string path_of(std::string_view object, std::string_view member);

}  // namespace taskwire::engine
