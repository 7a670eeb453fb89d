#include "net/budget.h"

namespace taskwire::edge {

Budget::Share::Share(Budget& budget, std::size_t amount, std::function<void()> cut, const void* what)
    : budget_(budget), entry_(budget.entries_.insert(budget.entries_.end(), Entry{amount, std::move(cut), what})) {
  budget_.take(*entry_);
  budget_.balance();
}

Budget::Share::~Share() {
  budget_.give_back(*entry_);
  (entry_->cut ? budget_.entries_ : budget_.cut_).erase(entry_);
}

void Budget::Share::set(std::size_t amount) {
  if (!entry_->cut) return;
  budget_.give_back(*entry_);
  entry_->amount = amount;
  budget_.take(*entry_);
  budget_.entries_.splice(budget_.entries_.end(), budget_.entries_, entry_);
  budget_.balance();
}

void Budget::take(const Entry& entry) {
  if (entry.what == nullptr || ++holders_[entry.what] == 1) held_ += entry.amount;
}

void Budget::give_back(const Entry& entry) {
  if (entry.what != nullptr) {
    const auto holders = holders_.find(entry.what);
    if (--holders->second > 0) return;
    holders_.erase(holders);
  }
  held_ -= entry.amount;
}

void Budget::balance() {
  while (held_ > most_ && entries_.size() > 1) {
    auto& oldest = entries_.front();
    give_back(oldest);
    oldest.amount = 0;
    oldest.what = nullptr;
    const auto cut = std::exchange(oldest.cut, nullptr);
    cut_.splice(cut_.end(), entries_, entries_.begin());
    cuts_.count("cut the one that waited longest");
    cut();
  }
}

}  // namespace taskwire::edge
