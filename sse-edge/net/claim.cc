#include "net/claim.h"

#include <algorithm>
#include <random>
#include <utility>

#include "http/work_json.h"
#include "net/awaited.h"
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
  return awaited<Result<Taken>>([this](auto done) {
    claims_.start(call_,
                  [done = std::move(done)](const Result<v1::ClaimResponse>& claimed) { done(claimed.map(taken_of)); });
  });
}

void Claim::give_up() {
  is_given_up_ = true;
  call_->context.TryCancel();
}

}  // namespace taskwire::edge
