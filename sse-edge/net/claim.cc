#include "net/claim.h"

#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <random>
#include <utility>

#include "http/work_json.h"

namespace taskwire::edge {

namespace asio = boost::asio;

namespace {

constexpr int kMostLeases = 100;

Claim::Taken taken_of(const v1::ClaimResponse& response) {
  Claim::Taken taken{claim_json(response), {}};
  for (const auto& assignment : response.assignments())
    taken.lasting = std::max(taken.lasting, std::chrono::milliseconds(assignment.lease().lease_ms()));
  return taken;
}

std::string make_lease() {
  thread_local std::random_device device;
  char digits[33];
  std::snprintf(digits, sizeof digits, "%08x%08x%08x%08x", device(), device(), device(), device());
  return digits;
}

/// How many leases it may be given; as many as are refused where it asks for too many.
int most_leases(const v1::ClaimRequest& request) {
  return std::clamp(request.max(), 1, kMostLeases);
}

}  // namespace

Claim::Claim(Claims& claims, v1::ClaimRequest request) : claims_(claims), call_(std::make_shared<Claims::Call>()) {
  call_->request = std::move(request);
  if (has_key()) return;
  for (int i = most_leases(call_->request); i > 0; --i) call_->request.add_leases(make_lease());
}

v1::GiveBackRequest Claim::leases() const {
  v1::GiveBackRequest request;
  *request.mutable_leases() = call_->request.leases();
  return request;
}

asio::awaitable<Result<Claim::Taken>> Claim::wait() {
  // Named, because GCC 12 destroys a temporary closure of a co_await expression twice.
  auto initiate = [this](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    const auto executor = asio::get_associated_executor(*shared);
    claims_.start(call_, [shared, executor](const Result<v1::ClaimResponse>& claimed) {
      auto taken = claimed.map(taken_of);
      asio::post(executor, [shared, taken = std::move(taken)]() mutable { std::move (*shared)(std::move(taken)); });
    });
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(Result<Taken>)>(initiate, asio::use_awaitable);
}

void Claim::give_up() {
  is_given_up_ = true;
  call_->context.TryCancel();
}

}  // namespace taskwire::edge
