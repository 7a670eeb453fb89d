#include "net/budget.h"

namespace taskwire::edge {

Budget::Share::Share(Budget& budget, std::size_t amount, std::function<void()> cut)
    : budget_(budget), entry_(budget.entries_.insert(budget.entries_.end(), Entry{amount, std::move(cut)})) {
  budget_.held_ += amount;
  budget_.balance();
}

Budget::Share::~Share() {
  budget_.held_ -= entry_->amount;
  (entry_->cut ? budget_.entries_ : budget_.cut_).erase(entry_);
}

void Budget::Share::set(std::size_t amount) {
  if (!entry_->cut) return;
  budget_.held_ = budget_.held_ - entry_->amount + amount;
  entry_->amount = amount;
  budget_.entries_.splice(budget_.entries_.end(), budget_.entries_, entry_);
  budget_.balance();
}

void Budget::balance() {
  while (held_ > most_ && entries_.size() > 1) {
    auto& oldest = entries_.front();
    held_ -= std::exchange(oldest.amount, 0);
    const auto cut = std::exchange(oldest.cut, nullptr);
    cut_.splice(cut_.end(), entries_, entries_.begin());
    cuts_.count("cut the one that waited longest");
    cut();
  }
}

}  // namespace taskwire::edge
