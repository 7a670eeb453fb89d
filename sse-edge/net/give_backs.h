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
  static constexpr std::size_t kMost = 1000;
  static constexpr std::chrono::milliseconds kUsualLease{30'000};

  /// Must outlive the executors that it is told.
  explicit GiveBacks(EngineClient& engine) : engine_(engine) {}

  /// Tries on `executor` until the engine has taken them, as it may just be starting, or until they are over by
  /// themselves. Beyond `kMost` at a time it tries once.
  void give_back(const boost::asio::any_io_executor& executor, v1::GiveBackRequest leases,
                 std::chrono::milliseconds lasting);

 private:
  boost::asio::awaitable<void> try_long(v1::GiveBackRequest leases, std::chrono::milliseconds lasting);

  EngineClient& engine_;
  std::atomic<std::size_t> trying_ = 0;
};

}  // namespace taskwire::edge
