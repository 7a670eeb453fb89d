#include "tasks/catalogue.h"

#include <google/protobuf/util/json_util.h>

#include "tasks/params.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kMostParamsBytes = std::size_t{64} << 10;

}  // namespace

Catalogue::Catalogue(std::vector<std::unique_ptr<const TaskType>> types) {
  for (auto& type : types) {
    auto& entry = entries_[std::string(type->name())];
    entry.schema = struct_from_json(type->params_schema());
    entry.type = std::move(type);
  }
}

const TaskType* Catalogue::find(std::string_view name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : found->second.type.get();
}

Result<google::protobuf::Struct> Catalogue::check(std::string_view name, const google::protobuf::Struct& params) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    std::string names;
    for (const auto& [known, entry] : entries_) names += (names.empty() ? "" : ", ") + known;
    return refuse(Reason::unknown_task_type, "there is no type '" + std::string(name) + "'; there are: " + names);
  }
  auto checked = check_params(found->second.schema, params);
  std::string json;
  if (checked) (void)google::protobuf::util::MessageToJsonString(params, &json);
  if (json.size() > kMostParamsBytes)
    return refuse(Reason::params_too_large,
                  "params are at most 64 KiB as JSON; these are " + std::to_string(json.size()) + " bytes");
  return checked;
}

v1::ListTaskTypesResponse Catalogue::list() const {
  v1::ListTaskTypesResponse response;
  for (const auto& [name, entry] : entries_) {
    auto& type = *response.add_types();
    type.set_type(name);
    type.set_description(std::string(entry.type->description()));
    *type.mutable_params_schema() = entry.schema;
  }
  return response;
}

}  // namespace taskwire::engine
