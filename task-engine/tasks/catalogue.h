#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "tasks/task_type.h"
#include "taskwire/v1/task_service.pb.h"

namespace taskwire::engine {

/// The types of tasks that can be started. Immutable. Thread-safe.
class Catalogue {
 public:
  explicit Catalogue(std::vector<std::unique_ptr<const TaskType>> types);

  /// Null where there is none of that name.
  [[nodiscard]] const TaskType* find(std::string_view name) const;
  /// The params to start with, or `UNKNOWN_TASK_TYPE`, `PARAMS_TOO_LARGE` or `INVALID_PARAMS`.
  [[nodiscard]] Result<google::protobuf::Struct> check(std::string_view name,
                                                       const google::protobuf::Struct& params) const;
  /// All, in the order of their names.
  [[nodiscard]] v1::ListTaskTypesResponse list() const;

 private:
  struct Entry {
    std::unique_ptr<const TaskType> type;
    google::protobuf::Struct schema;
  };
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace taskwire::engine
