#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "hub/hub.h"
#include "net/shard.h"

namespace taskwire::edge {

/// Notices in the hub when a task may have ended. Confined to its shard's thread.
class TaskEnd final : public Hub::Subscriber {
 public:
  /// Looks at what the user's topic gets from now on.
  TaskEnd(Shard& shard, const std::string& user_id);
  ~TaskEnd() override;

  enum class News {
    perhaps,   ///< The task may have ended: ask the engine.
    deadline,  ///< Time is over.
    stopping,  ///< The edge stops.
    left,      ///< Nobody waits any more.
  };
  /// Waits for news of `task_id`.
  boost::asio::awaitable<News> wait(std::string task_id, std::chrono::steady_clock::time_point deadline);
  /// Who waits has gone: wait() answers `left` from now on.
  void leave();
  /// From now on every change of the hub counts as news: the engine could not be asked.
  void wait_for_any_change();

  void on_news() override { changed_.cancel(); }

 private:
  /// Reads on in the hub's log, a while; whether the task may have ended there.
  [[nodiscard]] bool may_have_ended(const std::string& task_id);

  Shard& shard_;
  Hub::EventLog::TopicRef topic_;
  Sequence after_;
  std::uint64_t generation_;
  std::optional<std::uint64_t> asks_after_version_;  // of the hub
  bool has_left_ = false;
  boost::asio::steady_timer changed_;
  Shard::Waits::iterator place_;
};

}  // namespace taskwire::edge
