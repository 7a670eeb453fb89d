#include "net/pages.h"

#include <boost/asio/post.hpp>
#include <optional>
#include <utility>

namespace taskwire::edge {
namespace {

constexpr int kMaxOutstanding = 4;

}  // namespace

void Pages::request(const v1::ReadEventsRequest& request, boost::asio::any_io_executor executor, Done done) {
  const std::string key = request.SerializeAsString();
  {
    const std::scoped_lock lock(mutex_);
    auto& asked = asked_[key];
    asked.waiters.push_back({std::move(executor), std::move(done)});
    if (asked.waiters.size() > 1) return;
    asked.request = request;
    if (outstanding_ == kMaxOutstanding) {
      queue_.push_back(key);
      return;
    }
    ++outstanding_;
  }
  call(key, request);
}

void Pages::call(const std::string& key, const v1::ReadEventsRequest& request) {
  client_.read_events(request, [this, key, state = request.state()](const Result<v1::ReadEventsResponse>& response) {
    finish(key, response ? make_page(*response, state) : nullptr);
  });
}

void Pages::finish(const std::string& key, const PagePtr& page) {
  std::vector<Waiter> waiters;
  std::optional<std::pair<std::string, v1::ReadEventsRequest>> next;
  {
    const std::scoped_lock lock(mutex_);
    const auto asked = asked_.find(key);
    waiters = std::move(asked->second.waiters);
    asked_.erase(asked);
    if (queue_.empty()) {
      --outstanding_;
    } else {
      next.emplace(queue_.front(), asked_.at(queue_.front()).request);
      queue_.pop_front();
    }
  }
  for (auto& waiter : waiters) {
    boost::asio::post(waiter.executor, [done = std::move(waiter.done), page] { done(page); });
  }
  if (next) call(next->first, next->second);
}

}  // namespace taskwire::edge
