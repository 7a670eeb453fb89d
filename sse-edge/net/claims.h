#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <grpcpp/client_context.h>
#include <memory>

#include "http/problem.h"
#include "net/lanes.h"
#include "taskwire/v1/worker_service.pb.h"

namespace taskwire::edge {

/// The claims that wait at the engine for work, up to a minute each; bounded apart from all other calls. Thread-safe.
class Claims {
 public:
  /// What one costs while it waits.
  struct Call {
    grpc::ClientContext context;
    v1::ClaimRequest request;
    v1::ClaimResponse response;
  };
  using Done = std::function<void(Result<v1::ClaimResponse>)>;

  /// `most` may wait.
  Claims(const EngineChannel& engine, std::size_t most);

  /// Sends the call's request; `done` is called once, with the answer or a Problem, on a thread of gRPC's or at once:
  /// the engine's refusal, ENGINE_UNAVAILABLE, UNKNOWN_OUTCOME (no answer, also where its context was cancelled),
  /// TOO_MANY_CLAIMS, SHUTTING_DOWN.
  void start(std::shared_ptr<Call> call, Done done);

  [[nodiscard]] std::size_t waiting() const { return lanes_.waiting(); }
  /// How many calls were refused since there were too many.
  [[nodiscard]] std::uint64_t refused() const { return lanes_.refused(); }
  /// How many connections it has to the engine.
  [[nodiscard]] std::size_t connections() const { return lanes_.connections(); }

  /// Cancels all calls and waits until they have ended; further ones end at once. Required before the end.
  void shutdown() { lanes_.shutdown(); }

 private:
  Lanes lanes_;
};

}  // namespace taskwire::edge
