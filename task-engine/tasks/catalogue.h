#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "tasks/task_type.h"
#include "taskwire/v1/task_service.pb.h"
#include "taskwire/v1/worker_service.pb.h"

namespace taskwire::engine {

/// A type that can be started, as it is known at some time.
struct KnownType {
  std::string description;
  google::protobuf::Struct schema;
  TypePolicy policy;
  const TaskType* built_in = nullptr;  ///< What does it; null where workers outside do.
  bool is_of_caller = false;           ///< Only whoever starts it can do it.
};

inline constexpr std::size_t kMostTypeNameBytes = 64;
/// Whether a type may be called that: 1 to 64 of `a-z 0-9 . _ -`, and a letter first.
[[nodiscard]] bool is_type_name(std::string_view name);

/// The types of tasks that can be started: those that the engine does itself, `external`, and those that were
/// registered. Thread-safe.
class Catalogue {
 public:
  using Type = std::shared_ptr<const KnownType>;

  static constexpr std::string_view kExternal = "external";
  static constexpr std::size_t kMostRegistered = 1000;

  explicit Catalogue(std::vector<std::unique_ptr<const TaskType>> built_in);

  /// Null where there is none of that name.
  [[nodiscard]] Type find(std::string_view name) const;
  /// The params to start with, or `UNKNOWN_TASK_TYPE`, `PARAMS_TOO_LARGE` or `INVALID_PARAMS`.
  [[nodiscard]] Result<google::protobuf::Struct> check(std::string_view name,
                                                       const google::protobuf::Struct& params) const;
  /// `UNKNOWN_TASK_TYPE`.
  [[nodiscard]] Result<void> check_known(std::string_view name) const;
  /// All, in the order of their names, without what changes from moment to moment.
  [[nodiscard]] v1::ListTaskTypesResponse list() const;

  /// Makes a type known that workers do, in place of one of its name. False, and nothing changes, where that cannot be
  /// registered: it is one of the engine's own.
  bool put(const v1::RegisterTypeRequest& type);
  /// Forgets a registered type, and answers what it was; null where there is none.
  Type remove(std::string_view name);
  /// Knows again what was removed, unless there is another one of its name by now.
  void put_back(const std::string& name, Type type);
  /// How many there are that were registered.
  [[nodiscard]] std::size_t registered() const;

 private:
  [[nodiscard]] std::string names() const;
  [[nodiscard]] tl::unexpected<Error> unknown(std::string_view name) const;

  const std::vector<std::unique_ptr<const TaskType>> built_in_;
  mutable std::mutex mutex_;
  std::map<std::string, Type, std::less<>> types_;
  std::size_t registered_ = 0;
};

/// The pause after an attempt of `task` that failed, as its type says. `random` are any bits.
[[nodiscard]] std::chrono::milliseconds pause_after(const Catalogue& catalogue, const v1::Task& task,
                                                    std::uint64_t random);

[[nodiscard]] v1::TaskType describe(std::string_view name, const KnownType& type);

}  // namespace taskwire::engine
