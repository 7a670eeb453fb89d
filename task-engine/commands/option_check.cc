#include "commands/option_check.h"

#include <algorithm>
#include <string>

#include "tasks/json_schema.h"
#include "tasks/struct_json.h"

namespace taskwire::engine {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

bool begins_with_dash(const Argument& argument) {
  return !argument.parts.empty() && !argument.parts[0].is_param && argument.parts[0].text.starts_with('-');
}

/// Whether it could be an option that takes a value; `-` is a file, and `--` ends the options.
bool is_option(const Argument& argument) {
  return argument.parts.size() == 1 && begins_with_dash(argument) && argument.parts[0].text != "-" &&
         argument.parts[0].text != "--";
}

bool is_required(const Struct& schema, const std::string& name) {
  const auto* const required = find_field(schema, "required");
  if (required == nullptr) return false;
  const auto& names = required->list_value().values();
  return std::any_of(names.begin(), names.end(), [&](const Value& each) { return each.string_value() == name; });
}

bool fits(const Struct& property, Value value) {
  return SchemaCheck().fit(property, "", value).has_value();
}

/// Whether it may have no argument for `name`, which may be a list of arguments where it stands `alone`.
bool may_lack(const Struct& schema, const std::string& name, bool alone) {
  const auto& property = find_field(find_field(schema, "properties")->struct_value(), name)->struct_value();
  if (!is_required(schema, name) && find_field(property, "default") == nullptr) return true;
  Value null;
  null.set_null_value(google::protobuf::NULL_VALUE);
  Value nothing;
  nothing.mutable_list_value();
  return fits(property, null) || (alone && fits(property, nothing));
}

bool may_be_left_out(const Argument& argument, const Struct& schema) {
  const bool alone = argument.parts.size() == 1;
  return std::any_of(argument.parts.begin(), argument.parts.end(),
                     [&](const Argument::Part& part) { return part.is_param && may_lack(schema, part.text, alone); });
}

}  // namespace

Result<void> check_options(const JsonValue& written, const std::vector<Argument>& arguments, const Struct& schema) {
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (!is_option(arguments[i - 1]) || begins_with_dash(arguments[i]) || !may_be_left_out(arguments[i], schema))
      continue;
    return written.items[i].wrong("may be left out, and " + arguments[i - 1].parts[0].text +
                                  " before it would then take what follows for its value; write both as one argument, "
                                  "like --option={name}, or \"--\" between them, or have params say that it is always "
                                  "there (required or with a default, never null, minItems 1)");
  }
  return {};
}

}  // namespace taskwire::engine
