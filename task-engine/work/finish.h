#pragma once

#include <cstdint>
#include <google/protobuf/struct.pb.h>
#include <string>

#include "store/store.h"
#include "tasks/catalogue.h"
#include "taskwire/v1/worker_service.pb.h"
#include "work/leases.h"

namespace taskwire::engine {

/// How a worker ends an attempt. Not thread-safe.
class Finish {
 public:
  /// `lease` is null where none is held: then there is nothing to end.
  Finish(const v1::FinishRequest& request, Leases::Ptr lease, const OutputLimits& limits);

  /// Ends it; the task then, with its details. `LEASE_LOST`, `OUTPUT_GAP`. `random` are any bits.
  [[nodiscard]] Result<v1::Task> end(Transaction& transaction, const Catalogue& catalogue, std::uint64_t random) const;

 private:
  [[nodiscard]] Result<v1::Task> ended(v1::Task task, std::chrono::milliseconds pause, SystemTime now) const;
  [[nodiscard]] Result<v1::Task> failed(v1::Task task, std::chrono::milliseconds pause, SystemTime now) const;

  const v1::FinishRequest request_;
  const Leases::Ptr lease_;
  const OutputLimits limits_;
  const Result<google::protobuf::Struct> result_;
  v1::Progress progress_;
};

/// What is kept of an answer, to be answered again.
[[nodiscard]] std::string short_answer(v1::Task task);

/// The task as it was answered before; with its details where it has not changed since.
[[nodiscard]] Result<v1::Task> finished_before(Transaction& transaction, const std::string& answer);

}  // namespace taskwire::engine
