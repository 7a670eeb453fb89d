#pragma once

#include <cstddef>
#include <string>

namespace taskwire {

/// How many hexadecimal digits name a lease.
inline constexpr std::size_t kLeaseLength = 32;

/// How many leases one claim is given, and one GiveBack names, at most.
inline constexpr int kMostLeases = 100;

/// Of the leases of a claim whose caller names them (ClaimRequest.lease_prefix): so many hexadecimal digits are his.
inline constexpr std::size_t kLeasePrefixLength = 28;
/// The name of the one that is given after `number` others.
[[nodiscard]] std::string lease_name(const std::string& prefix, std::size_t number);

}  // namespace taskwire
