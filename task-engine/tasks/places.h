#pragma once

#include <cstddef>
#include <string>

#include "tasks/catalogue.h"
#include "tasks/counts.h"

namespace taskwire::engine {

/// The places in which attempts run, in all, of each user and of each type: who holds how many, and who may have
/// another. Not thread-safe.
class Places {
 public:
  /// `all` places; each user holds at most `of_user`, 0: three quarters of all, so that nobody keeps others from
  /// running. Each type has its own limits in `catalogue`, which must outlive this.
  Places(const Catalogue& catalogue, std::size_t all, std::size_t of_user);

  void take(const std::string& user, const std::string& type);
  /// One that was taken before.
  void give_back(const std::string& user, const std::string& type);

  [[nodiscard]] bool is_any_free() const { return by_user_.all() < all_; }
  /// Whether any of `type` is taken.
  [[nodiscard]] bool holds(const std::string& type) const { return by_type_.of(type) > 0; }
  /// Whether one more of `type` may run, whoever's it is.
  [[nodiscard]] bool may_run(const std::string& type) const;
  /// Whether one more of `type` of `user` may run, as far as that user goes.
  [[nodiscard]] bool may_run(const std::string& user, const std::string& type) const;

 private:
  [[nodiscard]] TypePolicy policy_of(const std::string& type) const;

  const Catalogue& catalogue_;
  const std::size_t all_;
  const std::size_t of_user_;
  Counts by_user_;
  Counts by_type_;
  Counts by_both_;
};

}  // namespace taskwire::engine
