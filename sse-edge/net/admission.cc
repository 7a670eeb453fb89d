#include "net/admission.h"

#include <utility>

#include "net/address.h"

namespace taskwire::edge {

namespace ip = boost::asio::ip;

template <class Key>
bool Admission::take(Counts<Key>& counts, const Key& key, std::size_t most) {
  const std::lock_guard lock(mutex_);
  auto& count = counts[key];
  if (count >= most) return false;
  ++count;
  return true;
}

template <class Key>
void Admission::give_back(Counts<Key>& counts, const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto found = counts.find(key);
  if (found != counts.end() && --found->second == 0) counts.erase(found);
}

Lease Admission::enter(const std::optional<ip::address>& address) {
  Lease lease(*this);
  if (++count_ > limits_.in_all) {
    --count_;
    refused_in_all_.add();
    lease.refusal_ = Reason::too_many_connections;
    return lease;
  }
  const auto refusal = address ? lease.join_address(*address) : std::nullopt;
  if (refusal) --count_;
  lease.refusal_ = refusal;
  return lease;
}

Lease::Lease(Lease&& other) noexcept
    : admission_(std::exchange(other.admission_, nullptr)),
      refusal_(other.refusal_),
      counted_(std::move(other.counted_)) {}

Lease::~Lease() {
  if (admission_ == nullptr) return;
  if (counted_) {
    for (const auto& user : counted_->users) admission_->give_back(admission_->users_, user);
    if (counted_->address) admission_->give_back(admission_->addresses_, *counted_->address);
  }
  if (!refusal_) --admission_->count_;
}

std::optional<Reason> Lease::join_address(const ip::address& address) {
  if (admission_->limits_.per_address == 0 || (counted_ && counted_->address)) return std::nullopt;
  const auto network = network_of(address);
  auto& counted = this->counted();  // before it is counted: nothing may fail behind that
  if (admission_->take(admission_->addresses_, network, admission_->limits_.per_address)) {
    counted.address = network;
    return std::nullopt;
  }
  admission_->refused_per_address_.add();
  return Reason::too_many_from_address;
}

std::optional<Reason> Lease::join(const std::string& user) {
  if (admission_->limits_.per_user == 0) return std::nullopt;
  auto& users = counted().users;
  users.push_back(user);
  if (admission_->take(admission_->users_, user, admission_->limits_.per_user)) return std::nullopt;
  users.pop_back();
  admission_->refused_per_user_.add();
  return Reason::too_many_of_user;
}

Lease::Counted& Lease::counted() {
  if (!counted_) counted_ = std::make_unique<Counted>();
  return *counted_;
}

}  // namespace taskwire::edge
