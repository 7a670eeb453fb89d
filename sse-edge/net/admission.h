#pragma once

#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "http/problem.h"
#include "metrics/counter.h"

namespace taskwire::edge {

class Lease;

/// Who may hold how many connections: in all, of one address, and for one user. Hands out leases of places.
/// Thread-safe. Outlives its leases.
class Admission {
 public:
  struct Limits {
    std::size_t in_all = 1;
    std::size_t per_address = 0;  ///< 0: no bound.
    std::size_t per_user = 0;     ///< 0: no bound.
  };

  explicit Admission(Limits limits) : limits_(limits) {}
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  /// A place for a connection from `address`, which is counted by its network; nothing: a proxy's, which counts for
  /// those whom it asks for. Or a lease without a place that says why.
  [[nodiscard]] Lease enter(const std::optional<boost::asio::ip::address>& address);

  /// How many have a place.
  [[nodiscard]] std::size_t count() const { return count_; }

  // How often there was no place, by the limit that was met.
  [[nodiscard]] std::uint64_t refused_in_all() const { return refused_in_all_.value(); }
  [[nodiscard]] std::uint64_t refused_per_address() const { return refused_per_address_.value(); }
  [[nodiscard]] std::uint64_t refused_per_user() const { return refused_per_user_.value(); }

 private:
  friend class Lease;
  template <class Key>
  using Counts = std::unordered_map<Key, std::size_t>;

  /// Counts one more of `key`; false, and nothing counted, where there are `most` already. `most` is not 0.
  template <class Key>
  [[nodiscard]] bool take(Counts<Key>& counts, const Key& key, std::size_t most);
  template <class Key>
  void give_back(Counts<Key>& counts, const Key& key);

  const Limits limits_;
  std::atomic<std::size_t> count_ = 0;
  SharedCounter refused_in_all_;
  SharedCounter refused_per_address_;
  SharedCounter refused_per_user_;
  std::mutex mutex_;
  Counts<boost::asio::ip::address> addresses_;  // empty without a bound
  Counts<std::string> users_;                   // the same
};

/// A connection's place, for as long as it lives; given back by the destructor, on any thread. Not thread-safe.
class Lease {
 public:
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&&) = delete;
  ~Lease();

  /// Why there is no place: TOO_MANY_CONNECTIONS, TOO_MANY_FROM_ADDRESS; nothing where there is one.
  [[nodiscard]] const std::optional<Reason>& refusal() const { return refusal_; }
  /// Takes a place for `address` too, unless one is taken for an address already. TOO_MANY_FROM_ADDRESS; nothing is
  /// taken then.
  [[nodiscard]] std::optional<Reason> join_address(const boost::asio::ip::address& address);
  /// Takes a place for `user` too. TOO_MANY_OF_USER; nothing is taken then.
  [[nodiscard]] std::optional<Reason> join(const std::string& user);

 private:
  friend class Admission;
  /// What is counted beside the connection; most need none.
  struct Counted {
    std::optional<boost::asio::ip::address> address;
    std::vector<std::string> users;
  };

  explicit Lease(Admission& admission) : admission_(&admission) {}
  Counted& counted();

  Admission* admission_;
  std::optional<Reason> refusal_;
  std::unique_ptr<Counted> counted_;
};

}  // namespace taskwire::edge
