#include "net/claim.h"

#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>
#include <utility>

#include "http/work_json.h"
#include "text/hex.h"
#include "text/lease_name.h"

namespace taskwire::edge {

namespace asio = boost::asio;

namespace {

Claim::Taken taken_of(const v1::ClaimResponse& response) {
  Claim::Taken taken{claim_json(response), {}};
  for (const auto& assignment : response.assignments())
    taken.lasting = std::max(taken.lasting, std::chrono::milliseconds(assignment.lease().lease_ms()));
  return taken;
}

std::string make_lease_prefix() {
  constexpr std::size_t kDigits = 7;
  static_assert(kLeasePrefixLength % kDigits == 0);
  thread_local std::random_device device;
  std::string prefix;
  while (prefix.size() < kLeasePrefixLength) prefix += hex(device(), kDigits);
  return prefix;
}

}  // namespace

Claim::Claim(Claims& claims, v1::ClaimRequest request) : claims_(claims), call_(std::make_shared<Claims::Call>()) {
  call_->request = std::move(request);
  if (!has_key()) call_->request.set_lease_prefix(make_lease_prefix());
}

v1::GiveBackRequest Claim::leases() const {
  v1::GiveBackRequest leases;
  if (has_key()) return leases;
  const auto& request = call_->request;
  const auto count = static_cast<std::size_t>(std::clamp(request.max(), 1, kMostLeases));
  for (std::size_t i = 0; i < count; ++i) leases.add_leases(lease_name(request.lease_prefix(), i));
  return leases;
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
