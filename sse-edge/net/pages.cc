#include "net/pages.h"

#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "net/fault.h"

namespace taskwire::edge {
namespace {

constexpr int kMaxOutstanding = 4;

Result<PagePtr> to_page(const Result<v1::ReadEventsResponse>& response, bool state) {
  if (!response) return tl::unexpected(response.error());
  try {
    if (auto page = make_page(*response, state)) return page;
  } catch (...) {  // nobody else would catch it on this thread
    note_fault(std::current_exception());
    return refuse(Reason::internal, "The engine's answer could not be taken in.");
  }
  return refuse(Reason::engine_error, "The engine sent what no engine of this version sends.");
}

}  // namespace

void Pages::request(const v1::ReadEventsRequest& request, boost::asio::any_io_executor executor,
                    std::weak_ptr<void> caller, Done done) {
  const std::string key = request.SerializeAsString();
  {
    const std::scoped_lock lock(mutex_);
    auto& asked = asked_[key];
    asked.waiters.push_back({std::move(executor), std::move(caller), std::move(done)});
    if (asked.waiters.size() > 1) return;
    asked.request = request;
    queue_.push_back(key);
  }
  begin_calls();
}

void Pages::begin_calls() {
  std::unique_lock lock(mutex_);
  if (is_beginning_) return;
  is_beginning_ = true;
  while (!queue_.empty() && outstanding_ < kMaxOutstanding) {
    const std::string key = std::move(queue_.front());
    queue_.pop_front();
    const auto asked = asked_.find(key);
    auto& waiters = asked->second.waiters;
    std::erase_if(waiters, [](const Waiter& waiter) { return waiter.caller.expired(); });
    if (waiters.empty()) {
      asked_.erase(asked);
      continue;
    }
    ++outstanding_;
    const v1::ReadEventsRequest request = asked->second.request;
    lock.unlock();
    client_.read_events(request, [this, key, state = request.state()](const Result<v1::ReadEventsResponse>& response) {
      finish(key, to_page(response, state));
    });
    lock.lock();
  }
  is_beginning_ = false;
}

void Pages::finish(const std::string& key, const Result<PagePtr>& page) {
  if (page) {
    for (const auto& event : (*page)->events) frames_made_.add(event->frames());
  }
  std::vector<Waiter> waiters;
  {
    const std::scoped_lock lock(mutex_);
    const auto asked = asked_.find(key);
    waiters = std::move(asked->second.waiters);
    asked_.erase(asked);
    --outstanding_;
  }
  for (auto& waiter : waiters) {
    boost::asio::post(waiter.executor, [done = std::move(waiter.done), page] { done(page); });
  }
  begin_calls();
}

}  // namespace taskwire::edge
