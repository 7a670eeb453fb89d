#include "net/claims.h"

#include <algorithm>
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

}  // namespace

Claims::Claims(const EngineChannel& engine, std::size_t most)
    : lanes_(engine, most,
             {Reason::too_many_claims, "As many claims wait at this edge as may. Try again in a moment."}) {}

void Claims::start(std::shared_ptr<Call> call, Done done) {
  const auto lane = lanes_.enter(call->context);
  if (!lane) return done(tl::unexpected(lane.error()));
  const auto wait = std::clamp(std::chrono::milliseconds(call->request.wait_ms()), {}, kLongestWait);
  call->context.set_deadline(std::chrono::system_clock::now() + wait + EngineClient::kDeadline);
  auto& sent = *call;
  (*lane)->stub->async()->Claim(
      &sent.context, &sent.request, &sent.response,
      [this, lane = *lane, call = std::move(call), done = std::move(done)](const grpc::Status& status) mutable {
        std::exchange(done, nullptr)(to_result(status, call->response));
        auto& context = call->context;
        lanes_.leave(std::move(call), context, *lane);
      });
}

}  // namespace taskwire::edge
