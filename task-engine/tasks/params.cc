#include "tasks/params.h"

#include <utility>

#include "tasks/json_schema.h"

namespace taskwire::engine {

using google::protobuf::Struct;
using google::protobuf::Value;

Result<Struct> check_params(const Struct& schema, const Struct& given) {
  for (const auto& [name, value] : given.fields()) {
    if (!is_json(value))
      return refuse(Reason::invalid_params,
                    path_of("params", name) + " holds something that JSON cannot carry; leave it out");
  }
  if (!is_json(given)) return refuse(Reason::invalid_params, "params have a name that is no UTF-8; leave it out");
  if (nesting(given) > kMostNesting)
    return refuse(Reason::invalid_params,
                  "params are nested more than " + std::to_string(kMostNesting) + " deep; give them flatter");
  Value params;
  *params.mutable_struct_value() = given;
  if (auto fits = SchemaCheck().fit(schema, "params", params); !fits) return tl::unexpected(fits.error());
  return std::move(*params.mutable_struct_value());
}

std::int64_t integer_param(const Struct& params, const std::string& name) {
  return static_cast<std::int64_t>(number_param(params, name));
}

double number_param(const Struct& params, const std::string& name) {
  return params.fields().at(name).number_value();
}

const std::string& string_param(const Struct& params, const std::string& name) {
  return params.fields().at(name).string_value();
}

}  // namespace taskwire::engine
