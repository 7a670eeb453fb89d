#include "bench/stream_set.h"

#include <algorithm>
#include <utility>

#include "bench/network.h"

namespace taskwire::bench {
namespace {

// As little as the kernel lets a socket have, so that a reader who takes nothing is soon felt by the server.
constexpr int kStalledBuffer = 4096;

}  // namespace

StreamSet::StreamSet(Loop& loop, const Dialect& dialect, const sockaddr_in& target, const Channels& channels, Plan plan)
    : loop_(loop), dialect_(dialect), target_(target), channels_(channels), plan_(std::move(plan)) {
  streams_.reserve(plan_.readers);
}

void StreamSet::advance(Nanoseconds /*at*/) {
  replace_done();
  while (streams_.size() < plan_.readers && came_ < reception_.opened + reception_.failed + plan_.at_once) open_next();
  if (plan_.stalls && is_settled()) {
    for (; stalled_ < streams_.size(); ++stalled_) streams_[stalled_]->stall();
  }
}

void StreamSet::open_next() {
  const auto index = streams_.size();
  const auto channel = plan_.first_channel + static_cast<std::uint32_t>(index % plan_.channels);
  streams_.push_back(std::make_unique<Stream>(loop_, reception_, channel, index));
  open(index);
}

void StreamSet::open(std::size_t index) {
  auto& stream = *streams_[index];
  const auto channel = stream.channel();
  std::string request;
  dialect_.append_subscribe(request, channels_.name(channel), plan_.last_event_id);
  const auto sequence = plan_.last_event_id.empty() ? channels_.last(channel) : plan_.after;
  // Counted on for who comes again, whose predecessor's port is not free yet.
  const auto source = source_address(plan_.first_connection + came_++, target_);
  stream.open(target_, source, std::move(request), sequence, plan_.stalls ? kStalledBuffer : 0);
}

// One by one as they are done: all at once would be the client's work, which the server's readers would wait for.
void StreamSet::replace_done() {
  if (!plan_.closes_done) {
    reception_.done.clear();
    return;
  }
  for (const auto index : std::exchange(reception_.done, {})) {
    auto& stream = *streams_[index];
    if (stream.is_over()) continue;  // the server was faster
    of_the_gone_ += stream.check().faults(channels_.last(stream.channel()));
    stream.forget();
    if (comes_again_) open(index);
  }
}

void StreamSet::resume() {
  for (const auto& stream : streams_) stream->resume();
}

bool StreamSet::has_all() const {
  return std::all_of(streams_.begin(), streams_.end(), [this](const auto& stream) {
    return stream->is_over() || stream->check().has_all(channels_.last(stream->channel()));
  });
}

std::size_t StreamSet::complete_open() const {
  return static_cast<std::size_t>(std::count_if(streams_.begin(), streams_.end(), [this](const auto& stream) {
    return !stream->is_over() && stream->check().has_all(channels_.last(stream->channel()));
  }));
}

Faults StreamSet::faults() const {
  auto sum = of_the_gone_;
  for (const auto& stream : streams_) {
    if (!stream->is_forgotten()) sum += stream->check().faults(channels_.last(stream->channel()));
  }
  sum.foreign += reception_.foreign;
  return sum;
}

}  // namespace taskwire::bench
