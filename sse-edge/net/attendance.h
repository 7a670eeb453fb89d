#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/problem.h"
#include "net/shard.h"

namespace taskwire::edge {

/// Lists who is connected to this edge, and who was, for all who ask at one time: one listing is under way, and those
/// who ask meanwhile share the next. It is made in slices on the first shard. Thread-safe.
class Attendance {
 public:
  using Text = std::shared_ptr<const std::string>;
  using Done = std::function<void(Result<Text>)>;

  /// So many may wait for a listing.
  static constexpr std::size_t kMostWaiting = 256;

  /// `shards` are there before anyone asks.
  explicit Attendance(const std::vector<std::unique_ptr<Shard>>& shards) : shards_(shards) {}
  Attendance(const Attendance&) = delete;
  Attendance& operator=(const Attendance&) = delete;

  /// Calls `done` once, on `executor`, with a listing that was begun after this call, as JSON. TOO_MANY_READS where
  /// kMostWaiting wait already, SHUTTING_DOWN after stop(), INTERNAL after a fault.
  void ask(const boost::asio::any_io_executor& executor, Done done);
  /// Waits for the listing under way, whose shards have to run until then, and refuses what is asked from now on.
  void stop();

 private:
  struct Waiter {
    boost::asio::any_io_executor executor;
    Done done;
  };

  boost::asio::awaitable<void> list_for_all();
  [[nodiscard]] boost::asio::awaitable<Text> list();
  /// Those for whom the next listing is; nobody: there is none.
  [[nodiscard]] std::vector<Waiter> take_waiters();

  const std::vector<std::unique_ptr<Shard>>& shards_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::vector<Waiter> waiters_;  // for the next listing
  bool is_listing_ = false;
  bool is_stopped_ = false;
};

}  // namespace taskwire::edge
