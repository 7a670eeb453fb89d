#include "retention/batch.h"

#include <algorithm>
#include <span>

#include "resume/topic.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kEventsPerBatch = 256;
constexpr std::size_t kEventsAtOnce = 32;  // then it is seen how many bytes they took
constexpr std::size_t kEventsPerTask = 8;  // so much of a batch does a task's deletion count for
constexpr std::int64_t kBytesPerBatch = std::int64_t{1} << 20;

class Batch {
 public:
  Batch(Transaction& transaction, Progress& progress) : transaction_(transaction), progress_(progress) {}

  /// Whether all of it is forgotten.
  bool forget(const Surplus& surplus) {
    return delete_tasks(surplus) && trim_superseded(surplus) && trim_rest(surplus);
  }
  /// Whether something more goes in.
  [[nodiscard]] bool has_room(std::size_t events = 1) const {
    return room_ >= events && transaction_.freed() < kBytesPerBatch;
  }
  void take(std::size_t events) { room_ -= std::min(room_, events); }

 private:
  bool delete_tasks(const Surplus& surplus) {
    const auto topic = parse_topic(surplus.topic);
    for (; progress_.tasks < surplus.tasks.size(); ++progress_.tasks) {
      if (!has_room(kEventsPerTask)) return false;
      const auto& ended = surplus.tasks[progress_.tasks];
      // It may run again by now.
      if (!transaction_.has_ended(ended)) continue;
      v1::Task task;
      task.set_task_id(ended.task_id);
      task.set_user_id(std::string(topic->name));
      (void)transaction_.delete_task(task);
      take(kEventsPerTask);
      ++progress_.done_tasks;
    }
    return true;
  }

  bool trim_superseded(const Surplus& surplus) {
    const std::span all(surplus.superseded);
    while (progress_.superseded < all.size()) {
      if (!has_room()) return false;
      const auto next = all.subspan(progress_.superseded);
      const auto some = next.first(std::min({next.size(), kEventsAtOnce, room_}));
      progress_.done_events += transaction_.trim(surplus.topic, some);
      progress_.superseded += some.size();
      take(some.size());
    }
    return true;
  }

  bool trim_rest(const Surplus& surplus) {
    if (surplus.events_through == 0 && surplus.deletions_through == 0) return true;
    for (;;) {
      if (!has_room()) return false;
      const auto most = std::min(kEventsAtOnce, room_);
      const auto trimmed = transaction_.trim(surplus.topic, surplus.events_through, surplus.deletions_through, most);
      progress_.done_events += trimmed;
      take(trimmed);
      if (trimmed < most) return true;
    }
  }

  Transaction& transaction_;
  Progress& progress_;
  std::size_t room_ = kEventsPerBatch;
};

}  // namespace

Progress forget_batch(Transaction& transaction, const std::vector<Surplus>& found, Progress progress,
                      std::size_t topics) {
  Batch batch(transaction, progress);
  for (; topics > 0 && progress.topics < found.size() && batch.has_room(); --topics) {
    const auto& surplus = found[progress.topics];
    if (!batch.forget(surplus)) break;
    if (transaction.forget_topic(surplus.topic)) ++progress.done_topics;
    ++progress.topics;
    progress.tasks = 0;
    progress.superseded = 0;
    batch.take(1);
  }
  return progress;
}

}  // namespace taskwire::engine
