#pragma once

#include <atomic>
#include <cstdint>
#include <grpcpp/grpcpp.h>
#include <mutex>
#include <unordered_set>

#include "log/publisher.h"
#include "process/tally.h"
#include "rpc/call_limits.h"
#include "rpc/pending_writes.h"

namespace taskwire::rpc {

/// The PublishGroups calls that are open: each takes a group, tells what became of it, and takes the next. Where there
/// are as many as may be, the one that has waited longest for a group makes room: callers open theirs again when they
/// have something. Thread-safe.
class PublishGroups {
 public:
  /// All of it must outlive the calls.
  struct Means {
    engine::Publisher& publisher;
    CallLimits& limits;
    PendingWrites& writes;
  };

  explicit PublishGroups(const Means& means) : means_(means) {}
  PublishGroups(const PublishGroups&) = delete;
  PublishGroups& operator=(const PublishGroups&) = delete;

  /// Carries a call, or refuses it where none can make room.
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* open(grpc::CallbackServerContext& context);
  /// Ends all calls, each when the group that it has taken is answered, and those that come.
  void shut_down();

 private:
  class Call;

  /// Ends the call that has waited longest for a group; false where none waits. Under the lock.
  bool make_room();

  const Means means_;
  std::mutex mutex_;
  std::unordered_set<Call*> calls_;
  bool is_shut_down_ = false;
  Tally crowding_{"rpc: calls that publish in groups make room for others"};
  std::atomic<std::uint64_t> turns_ = 0;
};

}  // namespace taskwire::rpc
