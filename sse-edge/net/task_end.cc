#include "net/task_end.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <limits>
#include <utility>

#include "resume/topic.h"

namespace taskwire::edge {
namespace {

constexpr std::size_t kMostEntries = 4096;  // of the log, looked at in one go

}  // namespace

TaskEnd::TaskEnd(Shard& shard, const std::string& user_id)
    : shard_(shard),
      topic_(shard.hub().topic(topic_name(TopicKind::tasks, user_id))),
      after_(shard.hub().log().head()),
      generation_(shard.hub().generation()),
      changed_(shard.io()),
      place_(shard.add_wait(changed_)) {
  const std::array topics = {topic_name(TopicKind::tasks, user_id)};
  shard.hub().subscribe(*this, topics);
}

TaskEnd::~TaskEnd() {
  shard_.hub().unsubscribe(*this);
  shard_.remove_wait(place_);
}

boost::asio::awaitable<TaskEnd::News> TaskEnd::wait(std::string task_id,
                                                    std::chrono::steady_clock::time_point deadline) {
  for (;;) {
    if (has_left_) co_return News::left;
    if (shard_.is_stopping()) co_return News::stopping;
    if (may_have_ended(task_id)) co_return News::perhaps;
    if (std::chrono::steady_clock::now() >= deadline) co_return News::deadline;
    if (after_ < shard_.hub().log().head()) {
      co_await boost::asio::post(boost::asio::use_awaitable);  // others have their turn
      continue;
    }
    changed_.expires_at(deadline);
    co_await changed_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
}

void TaskEnd::leave() {
  has_left_ = true;
  changed_.cancel();
}

void TaskEnd::wait_for_any_change() {
  asks_after_version_ = shard_.hub().version();
  shard_.hub().subscribe_to_changes(*this);
}

bool TaskEnd::may_have_ended(const std::string& task_id) {
  Hub& hub = shard_.hub();
  if (asks_after_version_ && *asks_after_version_ != hub.version()) {
    asks_after_version_.reset();
    hub.unsubscribe_from_changes(*this);
    return true;
  }
  if (std::exchange(generation_, hub.generation()) != hub.generation() || !hub.log().covers(after_)) {
    after_ = hub.log().head();
    return true;
  }
  bool has_ended = false;
  const std::array topics = {topic_};
  constexpr auto kWhole = std::numeric_limits<std::int64_t>::max();
  after_ = hub.log()
               .read(
                   topics, after_, kWhole,
                   [&](const Hub::EventLog::Entry& entry) {
                     has_ended |= entry.value->ends_task && entry.value->key == task_id;
                     return true;
                   },
                   kMostEntries)
               .through;
  return has_ended;
}

}  // namespace taskwire::edge
