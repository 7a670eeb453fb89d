#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "hub/output.h"
#include "net/lanes.h"

namespace taskwire::edge {

/// Pages of what tasks print, of the engine, which waits where there is nothing new: equal requests share one call, and
/// what it answers is made ready once. Thread-safe.
class Outputs {
 public:
  /// The page, or why there is none: the engine's refusal, ENGINE_UNAVAILABLE, TOO_MANY_READS, SHUTTING_DOWN.
  using Done = std::function<void(const Result<OutputPagePtr>&)>;

  /// `most` calls may be under way.
  Outputs(const EngineChannel& engine, std::size_t most);

  /// Waits as long as it lives; when nobody does any more, the call is cancelled. Must not outlive the Outputs.
  class Wait;
  /// Calls `done` once on `executor`, unless nobody waits for it any more; perhaps late, after that.
  [[nodiscard]] std::unique_ptr<Wait> request(const v1::ReadOutputRequest& request,
                                              boost::asio::any_io_executor executor, Done done);

  [[nodiscard]] std::size_t waiting() const { return lanes_.waiting(); }
  /// How many calls were refused since there were too many.
  [[nodiscard]] std::uint64_t refused() const { return lanes_.refused(); }

  /// Cancels all calls and waits until they have ended; further ones end at once. Required before the end.
  void shutdown() { lanes_.shutdown(); }

 private:
  struct Waiter {
    boost::asio::any_io_executor executor;
    Done done;
  };
  struct Call {
    grpc::ClientContext context;
    v1::ReadOutputRequest request;
    v1::ReadOutputResponse response;
    std::string key;
    std::map<std::uint64_t, Waiter> waiters;
  };
  using Ptr = std::shared_ptr<Call>;

  void start(const Ptr& call);
  void finish(const Ptr& call, const Result<OutputPagePtr>& page);
  void leave(const Ptr& call, std::uint64_t waiter);

  Lanes lanes_;
  std::mutex mutex_;
  std::uint64_t next_ = 0;
  std::unordered_map<std::string, Ptr> calls_;  // that may be shared, by the request's bytes
};

class Outputs::Wait {
 public:
  Wait(Outputs& outputs, Ptr call, std::uint64_t waiter) : outputs_(outputs), call_(std::move(call)), waiter_(waiter) {}
  ~Wait() { outputs_.leave(call_, waiter_); }
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;

 private:
  Outputs& outputs_;
  const Ptr call_;
  const std::uint64_t waiter_;
};

}  // namespace taskwire::edge
