#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include "net/command_lane.h"
#include "net/engine_client.h"

namespace taskwire::edge {

/// What clients command, in groups, each kind in a lane of its own, so that none waits for another's. What is large,
/// and would hold up a group, goes by a call of its own. Thread-safe. Problems are those of CommandLane.
class Commands {
 public:
  /// Of a command about a task that goes in a group.
  static constexpr std::size_t kMostBytes = std::size_t{64} << 10;

  /// `calls` are for what is large.
  Commands(const EngineChannel& channel, EngineClient& calls)
      : calls_(calls), publications_(channel), tasks_(channel), reports_(channel) {}

  // Awaited on the caller's executor.
  /// Answers the place of the first event.
  boost::asio::awaitable<Result<std::string>> publish(v1::PublishRequest event);
  boost::asio::awaitable<Result<std::string>> publish(v1::PublishBatchRequest batch);
  boost::asio::awaitable<Result<v1::StartTaskResponse>> start_task(v1::StartTaskRequest request);
  boost::asio::awaitable<Result<v1::CancelTaskResponse>> cancel_task(v1::CancelTaskRequest request);
  boost::asio::awaitable<Result<v1::ReportResponse>> report(v1::ReportRequest request);

  /// How many were refused with TOO_MANY_CALLS.
  [[nodiscard]] std::uint64_t refused() const;
  /// As those of each lane.
  void expire(CommandLane::Clock::time_point now);
  void shutdown();

 private:
  [[nodiscard]] std::array<CommandLane*, 3> lanes() { return {&publications_, &tasks_, &reports_}; }

  EngineClient& calls_;
  CommandLane publications_;
  CommandLane tasks_;  // starts and cancels
  CommandLane reports_;
};

}  // namespace taskwire::edge
