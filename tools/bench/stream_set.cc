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
  while (streams_.size() < plan_.readers && streams_.size() < reception_.opened + reception_.failed + plan_.at_once)
    open_next();
  if (plan_.stalls && is_settled()) {
    for (; stalled_ < streams_.size(); ++stalled_) streams_[stalled_]->stall();
  }
}

void StreamSet::open_next() {
  const auto index = streams_.size();
  const auto channel = plan_.first_channel + static_cast<std::uint32_t>(index % plan_.channels);
  auto& stream = *streams_.emplace_back(std::make_unique<Stream>(loop_, reception_, channel));
  std::string request;
  dialect_.append_subscribe(request, channels_.name(channel), plan_.last_event_id);
  const auto sequence = plan_.last_event_id.empty() ? channels_.last(channel) : plan_.after;
  stream.open(target_, source_address(plan_.first_connection + index, target_), std::move(request), sequence,
              plan_.stalls ? kStalledBuffer : 0);
}

bool StreamSet::has_all() const {
  return std::all_of(streams_.begin(), streams_.end(), [this](const auto& stream) {
    return stream->is_over() || stream->check().has_all(channels_.last(stream->channel()));
  });
}

Faults StreamSet::faults() const {
  Faults sum;
  for (const auto& stream : streams_) sum += stream->check().faults(channels_.last(stream->channel()));
  sum.foreign += reception_.foreign;
  return sum;
}

}  // namespace taskwire::bench
