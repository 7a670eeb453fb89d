#include "net/lanes.h"

#include <algorithm>
#include <cassert>

namespace taskwire::edge {
namespace {

tl::unexpected<Problem> no_engine() {
  return tl::unexpected(engine_problem(grpc::StatusCode::UNAVAILABLE, "", false));
}

}  // namespace

Lanes::~Lanes() {
  assert(calls_.empty());
}

Result<Lanes::Lane*> Lanes::enter(grpc::ClientContext& context) {
  const std::scoped_lock lock(mutex_);
  if (is_shut_down_) return refuse(Reason::shutting_down, "This edge is stopping. Try again in a moment.");
  if (calls_.size() >= most_) {
    refused_.add();
    return tl::unexpected(refusal_);
  }
  // Nothing is sent then, so the outcome is known.
  if (engine_.now()->channel->GetState(true) != GRPC_CHANNEL_READY) return no_engine();
  auto& lane = free_lane();
  if (lane.channel->GetState(true) == GRPC_CHANNEL_TRANSIENT_FAILURE) return no_engine();
  ++lane.calls;
  calls_.insert(&context);
  return &lane;
}

Lanes::Lane& Lanes::free_lane() {
  // One that lost the engine would pause before it looks for it again, perhaps where it is no more.
  std::erase_if(lanes_, [](const auto& lane) {
    return lane->calls == 0 && lane->channel->GetState(false) == GRPC_CHANNEL_TRANSIENT_FAILURE;
  });
  const auto found =
      std::find_if(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane->calls < kMostPerConnection; });
  if (found != lanes_.end()) return **found;
  auto channel = engine_.connect_apart();
  auto stub = v1::WorkerService::NewStub(channel);
  return *lanes_.emplace_back(std::make_unique<Lane>(Lane{std::move(channel), std::move(stub)}));
}

void Lanes::leave(std::shared_ptr<void> call, grpc::ClientContext& context, Lane& lane) {
  const std::scoped_lock lock(mutex_);
  --lane.calls;
  calls_.erase(&context);
  // Before shutdown() can go on: who drops the last hold on the channel frees what it runs on.
  call.reset();
  if (calls_.empty()) all_ended_.notify_all();
}

std::size_t Lanes::waiting() const {
  const std::scoped_lock lock(mutex_);
  return calls_.size();
}

std::size_t Lanes::connections() const {
  const std::scoped_lock lock(mutex_);
  return lanes_.size();
}

void Lanes::shutdown() {
  std::unique_lock lock(mutex_);
  is_shut_down_ = true;
  for (auto* const context : calls_) context->TryCancel();
  all_ended_.wait(lock, [&] { return calls_.empty(); });
}

}  // namespace taskwire::edge
