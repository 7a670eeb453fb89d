#include "tasks/places.h"

#include <algorithm>

namespace taskwire::engine {
namespace {

std::string both(const std::string& user, const std::string& type) {
  return user + "/" + type;  // no user's name has a slash
}

}  // namespace

Places::Places(const Catalogue& catalogue, std::size_t all, std::size_t of_user)
    : catalogue_(catalogue), all_(all), of_user_(of_user > 0 ? of_user : std::max<std::size_t>(1, all * 3 / 4)) {}

void Places::take(const std::string& user, const std::string& type) {
  by_user_.add(user);
  by_type_.add(type);
  by_both_.add(both(user, type));
}

void Places::give_back(const std::string& user, const std::string& type) {
  by_user_.remove(user);
  by_type_.remove(type);
  by_both_.remove(both(user, type));
}

bool Places::may_run(const std::string& type) const {
  const auto most = policy_of(type).max_running;
  return most == 0 || by_type_.of(type) < most;
}

bool Places::may_run(const std::string& user, const std::string& type) const {
  const auto most = policy_of(type).max_running_per_user;
  return by_user_.of(user) < of_user_ && (most == 0 || by_both_.of(both(user, type)) < most);
}

TypePolicy Places::policy_of(const std::string& type) const {
  const auto known = catalogue_.find(type);
  return known ? known->policy : TypePolicy{};
}

}  // namespace taskwire::engine
