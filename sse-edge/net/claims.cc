#include "net/claims.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

#include "net/engine_client.h"

namespace taskwire::edge {
namespace {

constexpr std::chrono::milliseconds kLongestWait(60'000);  // more the engine refuses

Result<v1::ClaimResponse> to_result(const grpc::Status& status, v1::ClaimResponse& response) {
  if (status.ok()) return std::move(response);
  return tl::unexpected(engine_problem(status.error_code(), status.error_message(), true));
}

tl::unexpected<Problem> no_engine() {
  return tl::unexpected(engine_problem(grpc::StatusCode::UNAVAILABLE, "", false));
}

}  // namespace

Claims::~Claims() {
  assert(calls_.empty());
}

void Claims::start(std::shared_ptr<Call> call, Done done) {
  const auto lane = enter(call->context);
  if (!lane) return done(tl::unexpected(lane.error()));
  const auto wait = std::clamp(std::chrono::milliseconds(call->request.wait_ms()), {}, kLongestWait);
  call->context.set_deadline(std::chrono::system_clock::now() + wait + EngineClient::kDeadline);
  auto& sent = *call;
  (*lane)->stub->async()->Claim(
      &sent.context, &sent.request, &sent.response,
      [this, lane = *lane, call = std::move(call), done = std::move(done)](const grpc::Status& status) mutable {
        std::exchange(done, nullptr)(to_result(status, call->response));
        leave(std::move(call), *lane);
      });
}

Result<Claims::Lane*> Claims::enter(grpc::ClientContext& context) {
  const std::scoped_lock lock(mutex_);
  if (is_shut_down_) return refuse(Reason::shutting_down, "This edge is stopping. Try again in a moment.");
  if (calls_.size() >= most_)
    return refuse(Reason::too_many_claims, "As many claims wait at this edge as may. Try again in a moment.");
  // Nothing is sent then, so the outcome is known.
  if (engine_.now()->channel->GetState(true) != GRPC_CHANNEL_READY) return no_engine();
  auto& lane = free_lane();
  if (lane.channel->GetState(true) == GRPC_CHANNEL_TRANSIENT_FAILURE) return no_engine();
  ++lane.claims;
  calls_.insert(&context);
  return &lane;
}

Claims::Lane& Claims::free_lane() {
  // One that lost the engine would pause before it looks for it again, perhaps where it is no more.
  std::erase_if(lanes_, [](const auto& lane) {
    return lane->claims == 0 && lane->channel->GetState(false) == GRPC_CHANNEL_TRANSIENT_FAILURE;
  });
  const auto found =
      std::find_if(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane->claims < kMostPerConnection; });
  if (found != lanes_.end()) return **found;
  auto channel = engine_.connect_apart();
  auto stub = v1::WorkerService::NewStub(channel);
  return *lanes_.emplace_back(std::make_unique<Lane>(Lane{std::move(channel), std::move(stub)}));
}

void Claims::leave(std::shared_ptr<Call> call, Lane& lane) {
  const std::scoped_lock lock(mutex_);
  --lane.claims;
  calls_.erase(&call->context);
  // Before shutdown() can go on: it is the last hold on the call, most likely, which holds the channel.
  call.reset();
  if (calls_.empty()) all_ended_.notify_all();
}

std::size_t Claims::waiting() const {
  const std::scoped_lock lock(mutex_);
  return calls_.size();
}

std::size_t Claims::connections() const {
  const std::scoped_lock lock(mutex_);
  return lanes_.size();
}

void Claims::shutdown() {
  std::unique_lock lock(mutex_);
  is_shut_down_ = true;
  for (auto* const context : calls_) context->TryCancel();
  all_ended_.wait(lock, [&] { return calls_.empty(); });
}

}  // namespace taskwire::edge
