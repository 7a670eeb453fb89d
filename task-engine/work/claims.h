#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "log/idempotency.h"
#include "taskwire/v1/worker_service.pb.h"
#include "work/leases.h"

namespace taskwire::engine {

/// Somebody who waits for work.
struct Claim {
  std::uint64_t id = 0;  ///< Of claims that came earlier it is lower.
  std::string worker;
  std::vector<std::string> types;
  std::size_t most = 1;
  std::string lease_prefix;  ///< What the leases that are given begin with; empty: as the keeper likes.
  bool waits = true;         ///< Else it is answered as soon as it is known whether there is anything.
  SteadyTime until;
  std::optional<RequestKey> key;
  std::function<bool()> is_gone;
  Done<v1::ClaimResponse> done;
  std::vector<Leases::Ptr> given;
};

/// Who waits for work, those who came earlier before the others; with each key one at most. Not thread-safe.
class Claims {
 public:
  void add(Claim claim);
  /// Takes one out, wherever it stands.
  [[nodiscard]] std::optional<Claim> take(std::uint64_t id);
  /// The same of the one that waits with that key.
  [[nodiscard]] std::optional<Claim> take(const RequestKey& key);
  /// The same of the one whose leases are named so.
  [[nodiscard]] std::optional<Claim> take_named(const std::string& token);
  /// Whether somebody waits for `type` who may have more.
  [[nodiscard]] bool has(const std::string& type) const { return by_type_.contains(type); }
  /// Whether somebody waits with that key.
  [[nodiscard]] bool has(const RequestKey& key) const { return by_key_.contains(key.name()); }
  /// Who has waited longest for `type`; only where there is somebody.
  [[nodiscard]] Claim& next(const std::string& type) { return claims_.at(*by_type_.at(type).begin()); }
  /// Something more was given to it.
  void note_given(const Claim& claim);
  /// Takes out those to whom something was given.
  [[nodiscard]] std::vector<Claim> take_given();
  /// Takes out those who have waited as long as they wanted.
  [[nodiscard]] std::vector<Claim> take_due(SteadyTime now);
  /// Takes out all.
  [[nodiscard]] std::vector<Claim> take_all();
  /// When the first has waited so long, if there is one.
  [[nodiscard]] std::optional<SteadyTime> first_due() const;
  [[nodiscard]] std::size_t size() const { return claims_.size(); }

 private:
  void leave_lines(const Claim& claim);

  std::unordered_map<std::uint64_t, Claim> claims_;
  std::unordered_map<std::string, std::set<std::uint64_t>> by_type_;  // who may have more; none empty
  std::set<std::pair<SteadyTime, std::uint64_t>> by_time_;
  std::unordered_map<std::string, std::uint64_t> by_key_;
  std::unordered_map<std::string, std::uint64_t> by_prefix_;
  std::set<std::uint64_t> given_;
};

}  // namespace taskwire::engine
