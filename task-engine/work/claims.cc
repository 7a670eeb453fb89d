#include "work/claims.h"

#include "text/lease_name.h"

namespace taskwire::engine {

void Claims::add(Claim claim) {
  for (const auto& type : claim.types) by_type_[type].insert(claim.id);
  by_time_.emplace(claim.until, claim.id);
  if (claim.key) by_key_[claim.key->name()] = claim.id;
  if (!claim.lease_prefix.empty()) by_prefix_[claim.lease_prefix] = claim.id;
  claims_.emplace(claim.id, std::move(claim));
}

std::optional<Claim> Claims::take(std::uint64_t id) {
  const auto found = claims_.find(id);
  if (found == claims_.end()) return std::nullopt;
  auto claim = std::move(found->second);
  claims_.erase(found);
  leave_lines(claim);
  by_time_.erase({claim.until, id});
  if (claim.key) by_key_.erase(claim.key->name());
  const auto named = by_prefix_.find(claim.lease_prefix);
  if (named != by_prefix_.end() && named->second == id) by_prefix_.erase(named);
  given_.erase(id);
  return claim;
}

std::optional<Claim> Claims::take(const RequestKey& key) {
  const auto found = by_key_.find(key.name());
  return found == by_key_.end() ? std::nullopt : take(found->second);
}

std::optional<Claim> Claims::take_named(const std::string& token) {
  const auto found = by_prefix_.find(token.substr(0, kLeasePrefixLength));
  return found == by_prefix_.end() ? std::nullopt : take(found->second);
}

void Claims::leave_lines(const Claim& claim) {
  for (const auto& type : claim.types) {
    const auto line = by_type_.find(type);
    if (line == by_type_.end()) continue;
    line->second.erase(claim.id);
    if (line->second.empty()) by_type_.erase(line);
  }
}

void Claims::note_given(const Claim& claim) {
  given_.insert(claim.id);
  if (claim.given.size() == claim.most) leave_lines(claim);
}

std::vector<Claim> Claims::take_given() {
  std::vector<Claim> taken;
  while (!given_.empty()) taken.push_back(std::move(*take(*given_.begin())));
  return taken;
}

std::vector<Claim> Claims::take_due(SteadyTime now) {
  std::vector<Claim> taken;
  while (!by_time_.empty() && by_time_.begin()->first <= now)
    taken.push_back(std::move(*take(by_time_.begin()->second)));
  return taken;
}

std::vector<Claim> Claims::take_all() {
  std::vector<Claim> taken;
  while (!by_time_.empty()) taken.push_back(std::move(*take(by_time_.begin()->second)));
  return taken;
}

std::optional<SteadyTime> Claims::first_due() const {
  return by_time_.empty() ? std::nullopt : std::optional(by_time_.begin()->first);
}

}  // namespace taskwire::engine
