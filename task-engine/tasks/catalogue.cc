#include "tasks/catalogue.h"

#include <algorithm>
#include <google/protobuf/util/json_util.h>

#include "resume/ascii.h"
#include "tasks/params.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kMostParamsBytes = std::size_t{64} << 10;
constexpr std::size_t kMostNames = 20;

KnownType external() {
  KnownType type;
  type.description = "Work that whoever starts it does, and reports";
  type.schema = struct_from_json(R"({"type":"object","properties":{}})");
  type.is_of_caller = true;
  return type;
}

KnownType registered(const v1::RegisterTypeRequest& request) {
  KnownType type;
  type.description = request.description();
  type.schema = request.params_schema();
  type.policy.max_running = static_cast<std::size_t>(request.max_running());
  type.policy.max_running_per_user = static_cast<std::size_t>(request.max_running_per_user());
  type.policy.time_limit = std::chrono::milliseconds(request.time_limit_ms());
  auto& retry = type.policy.retry;
  retry.attempts = std::max(1, request.retry().attempts());
  if (request.retry().backoff_ms() > 0) retry.backoff = std::chrono::milliseconds(request.retry().backoff_ms());
  if (request.retry().max_backoff_ms() > 0)
    retry.max_backoff = std::chrono::milliseconds(request.retry().max_backoff_ms());
  retry.max_backoff = std::max(retry.backoff, retry.max_backoff);
  return type;
}

}  // namespace

bool is_type_name(std::string_view name) {
  return !name.empty() && name.size() <= kMostTypeNameBytes && is_lower(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_lower(c) || is_digit(c) || c == '.' || c == '_' || c == '-'; });
}

Catalogue::Catalogue(std::vector<std::unique_ptr<const TaskType>> built_in) : built_in_(std::move(built_in)) {
  for (const auto& type : built_in_) {
    types_[std::string(type->name())] = std::make_shared<KnownType>(KnownType{
        std::string(type->description()), struct_from_json(type->params_schema()), type->policy(), type.get(), false});
  }
  types_[std::string(kExternal)] = std::make_shared<KnownType>(external());
}

Catalogue::Type Catalogue::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = types_.find(name);
  return found == types_.end() ? nullptr : found->second;
}

tl::unexpected<Error> Catalogue::unknown(std::string_view name) const {
  return refuse(Reason::unknown_task_type, "there is no type '" + std::string(name) + "'; there are: " + names());
}

Result<void> Catalogue::check_known(std::string_view name) const {
  if (!find(name)) return unknown(name);
  return {};
}

Result<google::protobuf::Struct> Catalogue::check(std::string_view name, const google::protobuf::Struct& params) const {
  const auto type = find(name);
  if (!type) return unknown(name);
  auto checked = check_params(type->schema, params);
  std::string json;
  if (checked) (void)google::protobuf::util::MessageToJsonString(params, &json);
  if (json.size() > kMostParamsBytes)
    return refuse(Reason::params_too_large,
                  "params are at most 64 KiB as JSON; these are " + std::to_string(json.size()) + " bytes");
  if (checked && type->built_in != nullptr) {
    if (auto fit = type->built_in->check(*checked); !fit) return tl::make_unexpected(fit.error());
  }
  return checked;
}

v1::ListTaskTypesResponse Catalogue::list() const {
  const std::lock_guard lock(mutex_);
  v1::ListTaskTypesResponse response;
  for (const auto& [name, type] : types_) *response.add_types() = describe(name, *type);
  return response;
}

bool Catalogue::put(const v1::RegisterTypeRequest& type) {
  auto known = std::make_shared<const KnownType>(engine::registered(type));
  const std::lock_guard lock(mutex_);
  auto& place = types_[type.type()];
  if (place && (place->built_in != nullptr || place->is_of_caller)) return false;
  if (!place) ++registered_;
  place = std::move(known);
  return true;
}

Catalogue::Type Catalogue::remove(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = types_.find(name);
  if (found == types_.end() || found->second->built_in != nullptr || found->second->is_of_caller) return nullptr;
  auto removed = std::move(found->second);
  types_.erase(found);
  --registered_;
  return removed;
}

void Catalogue::put_back(const std::string& name, Type type) {
  const std::lock_guard lock(mutex_);
  if (types_.emplace(name, std::move(type)).second) ++registered_;
}

std::size_t Catalogue::registered() const {
  const std::lock_guard lock(mutex_);
  return registered_;
}

std::string Catalogue::names() const {
  const std::lock_guard lock(mutex_);
  std::string names;
  std::size_t told = 0;
  for (const auto& [name, type] : types_) {
    if (++told > kMostNames) return names + ", and others";
    names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

std::chrono::milliseconds pause_after(const Catalogue& catalogue, const v1::Task& task, std::uint64_t random) {
  const auto type = catalogue.find(task.type());
  const auto made = std::max(1, task.max_attempts()) - (task.last_attempt() - task.attempt());
  return pause_after(type ? type->policy.retry : RetryPolicy{}, made, random);
}

v1::TaskType describe(std::string_view name, const KnownType& type) {
  v1::TaskType described;
  described.set_type(std::string(name));
  described.set_description(type.description);
  *described.mutable_params_schema() = type.schema;
  return described;
}

}  // namespace taskwire::engine
