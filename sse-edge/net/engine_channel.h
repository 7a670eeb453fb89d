#pragma once

#include <chrono>
#include <grpcpp/channel.h>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "taskwire/v1/command_service.grpc.pb.h"
#include "taskwire/v1/event_service.grpc.pb.h"
#include "taskwire/v1/task_service.grpc.pb.h"
#include "taskwire/v1/worker_service.grpc.pb.h"

namespace taskwire::edge {

/// The way to the engine: set up to notice a lost engine within seconds and to be back soon, also where its name has
/// another address by then, or had none for a while. Thread-safe.
class EngineChannel {
 public:
  /// What a call is made with.
  struct Way {
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<v1::TaskService::Stub> tasks;
    std::unique_ptr<v1::EventService::Stub> events;
    std::unique_ptr<v1::WorkerService::Stub> work;
    std::unique_ptr<v1::CommandService::Stub> commands;
  };

  /// `address`: `host:port`, or any target that gRPC knows.
  explicit EngineChannel(std::string address);

  [[nodiscard]] const std::string& address() const { return address_; }
  /// The way to take now. A call that was begun on it may end on it: it stays open for 10 s after it was replaced.
  [[nodiscard]] std::shared_ptr<const Way> now() const;
  /// A channel with a connection of its own, for calls that would fill the one of `now`. It sends each call once.
  [[nodiscard]] std::shared_ptr<grpc::Channel> connect_apart() const;
  /// Looks for the engine from its name on, unless that was done a moment ago: gRPC's own pauses before it asks again
  /// for a name without an address grow to two minutes. Call it while the engine cannot be reached, and not on a thread
  /// of gRPC's.
  void look_again();

 private:
  struct Retired {
    std::shared_ptr<const Way> way;
    std::chrono::steady_clock::time_point since;
  };

  const std::string address_;
  const bool is_name_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Way> way_;
  std::chrono::steady_clock::time_point made_;
  std::vector<Retired> retired_;
};

}  // namespace taskwire::edge
