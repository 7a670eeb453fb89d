#include "net/attendance.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "hub/presence.h"
#include "net/awaited.h"
#include "net/fault.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kPeopleAtOnce = 256;  // people, between which the shard serves others

/// What `shard` knows, asked on its own thread and awaited on the caller's.
asio::awaitable<Shard::Known> ask_shard(Shard& shard) {
  return awaited<Shard::Known>([&shard](auto done) { shard.list_people(std::move(done)); });
}

}  // namespace

void Attendance::ask(const asio::any_io_executor& executor, Done done) {
  std::optional<Problem> refusal;
  {
    const std::scoped_lock lock(mutex_);
    if (is_stopped_) {
      refusal = Problem{Reason::shutting_down, "This edge is stopping. Try again in a moment."};
    } else if (waiters_.size() == kMostWaiting) {
      refusal = Problem{Reason::too_many_reads, "Too many ask who is connected. Try again in a moment."};
    } else {
      waiters_.push_back({executor, done});
      if (std::exchange(is_listing_, true)) return;
    }
  }
  if (refusal) {
    asio::post(executor, [done = std::move(done), refusal] { done(tl::unexpected(*refusal)); });
    return;
  }
  asio::co_spawn(shards_.front()->io(), list_for_all(), [](const std::exception_ptr& error) { note_fault(error); });
}

void Attendance::stop() {
  std::unique_lock lock(mutex_);
  is_stopped_ = true;
  ended_.wait(lock, [&] { return !is_listing_; });
}

std::vector<Attendance::Waiter> Attendance::take_waiters() {
  const std::scoped_lock lock(mutex_);
  if (waiters_.empty()) {
    is_listing_ = false;
    ended_.notify_all();
  }
  return std::exchange(waiters_, {});
}

asio::awaitable<void> Attendance::list_for_all() {
  for (auto waiters = take_waiters(); !waiters.empty(); waiters = take_waiters()) {
    Result<Text> text = refuse(Reason::internal, "The list of who is connected could not be made.");
    try {
      text = co_await list();
    } catch (...) {
      note_fault(std::current_exception());
    }
    for (auto& waiter : waiters) {
      try {
        asio::post(waiter.executor, [done = std::move(waiter.done), text] { done(text); });
      } catch (...) {
        note_fault(std::current_exception());
      }
    }
  }
}

asio::awaitable<Attendance::Text> Attendance::list() {
  People all;
  std::size_t added = 0;
  for (const auto& shard : shards_) {
    auto known = co_await ask_shard(*shard);
    for (auto& [name, person] : known.people.connected()) {
      all.add(std::move(person));
      if (++added % kPeopleAtOnce == 0) co_await asio::post(asio::use_awaitable);
    }
    for (auto& person : known.departed) {
      all.add(std::move(person));
      if (++added % kPeopleAtOnce == 0) co_await asio::post(asio::use_awaitable);
    }
  }
  SessionsWriter writer(all);
  while (writer.write(kPeopleAtOnce)) {
    co_await asio::post(asio::use_awaitable);
  }
  auto text = std::make_shared<const std::string>(writer.take());
  co_return text;
}

}  // namespace taskwire::edge
