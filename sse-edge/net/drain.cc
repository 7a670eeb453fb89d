#include "net/drain.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "net/fault.h"
#include "net/shard.h"
#include "net/sse_stream.h"

namespace taskwire::edge {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kEndsAtOnce = 128;  // streams, so that others have their turn
constexpr milliseconds kPause(20);
constexpr milliseconds kMostAbsence(20'000);

}  // namespace

Drain::Drain(Shard& shard, milliseconds window, std::function<void()> done)
    : shard_(shard), begin_(steady_clock::now()), window_(window), done_(std::move(done)), timer_(shard.io()) {}

void Drain::add(SseStream& stream) {
  (stream.pump().is_of_one_task() ? of_one_task_ : streams_).push_back(stream.weak_from_this());
}

void Drain::start() noexcept {
  try {
    streams_.insert(streams_.end(), of_one_task_.begin(), of_one_task_.end());
    go_on();
  } catch (...) {  // who waits for the end must not wait for ever
    note_fault(std::current_exception());
    done_();
  }
}

milliseconds Drain::absence() {
  const auto left = std::chrono::ceil<milliseconds>(begin_ + window_ - steady_clock::now());
  return std::clamp(left, milliseconds(0), kMostAbsence) +
         shard_.random_between(milliseconds(0), std::min(window_, kMostAbsence)) + shard_.random_retry();
}

void Drain::go_on() {
  const auto count = streams_.size();
  const bool is_over = steady_clock::now() >= begin_ + window_;
  const double part = std::chrono::duration<double>(steady_clock::now() - begin_) / std::max(window_, milliseconds(1));
  const auto due = is_over ? count : std::min(count, static_cast<std::size_t>(part * static_cast<double>(count)) + 1);
  for (std::size_t i = 0; i < kEndsAtOnce && ended_ < due; ++i) {
    if (const auto stream = streams_[ended_++].lock())
      stream->guard([&] { stream->pump().end(shard_.random_retry()); });
  }
  // Who has not taken its end by then will not come back sooner for it.
  if (shard_.streams().size() == 0 || (ended_ == count && is_over)) return done_();
  timer_.expires_after(ended_ < due ? milliseconds(0) : kPause);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) go_on();
  });
}

}  // namespace taskwire::edge
