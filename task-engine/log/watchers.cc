#include "log/watchers.h"

#include "log/resume_feed.h"
#include "log/tail_feed.h"

namespace taskwire::engine {
namespace {

const Error kShuttingDown{Reason::shutting_down, "the engine is stopping; watch again when it is back"};

}  // namespace

Result<std::shared_ptr<Watcher>> Watchers::open(const v1::WatchRequest& request, WatchSink& sink) {
  const auto topics = parse_topics(request.topics());
  if (!topics) return tl::make_unexpected(topics.error());
  if (request.tail().events() < 0)
    return refuse(Reason::invalid_limit, "tail.events is 0 or more, 0 meaning from the head");
  std::unique_ptr<Feed> feed;
  if (request.has_tail()) {
    feed = std::make_unique<TailFeed>(means_.log, *topics, request.tail());
  } else {
    feed = std::make_unique<ResumeFeed>(means_.log, *topics, request);
  }
  auto watcher = std::make_shared<Watcher>(means_, std::move(feed), sink);
  const std::lock_guard lock(mutex_);
  if (is_shut_down_) return tl::make_unexpected(kShuttingDown);
  if (watchers_.size() > 2 * after_sweep_ + 64) {
    std::erase_if(watchers_, [](const auto& weak) { return weak.expired(); });
    after_sweep_ = watchers_.size();
  }
  watchers_.push_back(watcher);
  return watcher;
}

void Watchers::shut_down() {
  std::vector<std::weak_ptr<Watcher>> watchers;
  {
    const std::lock_guard lock(mutex_);
    is_shut_down_ = true;
    watchers.swap(watchers_);
  }
  for (const auto& weak : watchers) {
    if (const auto watcher = weak.lock()) watcher->stop(kShuttingDown);
  }
}

}  // namespace taskwire::engine
