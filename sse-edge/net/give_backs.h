#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>

#include "net/engine_client.h"

namespace taskwire::edge {

/// Gives back to the engine what claims were given, or may have been, and nobody could be handed. Thread-safe.
class GiveBacks {
 public:
  static constexpr std::chrono::milliseconds kFirstPause{250};
  static constexpr std::chrono::milliseconds kLongestPause{4000};
  static constexpr std::size_t kMost = 10'000;
  static constexpr std::chrono::milliseconds kUsualLease{30'000};

  /// Must outlive the executors that it is told.
  explicit GiveBacks(EngineClient& engine) : engine_(engine) {}

  /// Tries on `executor` until the engine has taken them, or until they are over by themselves, which is not while no
  /// engine is there. Beyond `kMost` at a time it tries once. What an edge that stops leaves, the engine notices
  /// itself.
  void give_back(const boost::asio::any_io_executor& executor, v1::GiveBackRequest leases,
                 std::chrono::milliseconds lasting);

 private:
  boost::asio::awaitable<void> try_long(v1::GiveBackRequest leases, std::chrono::milliseconds lasting, bool may_repeat);

  EngineClient& engine_;
  std::atomic<std::size_t> trying_ = 0;
};

}  // namespace taskwire::edge
