#include "crash/disk_file.h"

#include <algorithm>
#include <array>

namespace taskwire::engine {
namespace {

void put(std::string& to, std::size_t at, std::string_view bytes) {
  if (to.size() < at + bytes.size()) to.resize(at + bytes.size());
  bytes.copy(to.data() + at, bytes.size());
}

}  // namespace

std::string_view DiskFile::read(std::size_t at, std::size_t most) const {
  return at < content_.size() ? std::string_view(content_).substr(at, most) : std::string_view();
}

void DiskFile::write(std::size_t at, std::string_view bytes) {
  put(content_, at, bytes);
  changes_.push_back({at, std::string(bytes), false});
}

void DiskFile::resize(std::size_t size) {
  content_.resize(size);
  changes_.push_back({size, "", true});
}

void DiskFile::sync() {
  for (const auto& change : changes_) apply(change, durable_);
  changes_.clear();
}

void DiskFile::settle(Dice& dice) {
  constexpr std::array<double, 6> kProbabilities = {0, 1, 0.5, 0.05, 0.95, 0.5};
  const std::size_t sector = dice.one_in(2) ? 512 : 4096;
  const auto probability = kProbabilities[dice.below(kProbabilities.size())];
  // Sometimes in order, up to somewhere.
  const bool is_ordered = dice.one_in(3);
  const auto whole = is_ordered ? dice.below(changes_.size() + 1) : 0;
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (i < whole) {
      apply(changes_[i], durable_);
    } else if (!is_ordered || i == whole) {
      apply_some(changes_[i], durable_, sector, probability, dice);
    }
  }
  changes_.clear();
}

void DiskFile::forget() {
  content_ = durable_;
  for (const auto& change : changes_) apply(change, content_);
}

void DiskFile::apply(const Change& change, std::string& to) {
  if (change.is_resize) {
    to.resize(change.at);
  } else {
    put(to, change.at, change.bytes);
  }
}

void DiskFile::apply_some(const Change& change, std::string& to, std::size_t sector, double probability, Dice& dice) {
  if (change.is_resize) {
    if (dice.chance(probability)) to.resize(change.at);
    return;
  }
  const std::string_view bytes = change.bytes;
  for (std::size_t from = 0; from < bytes.size();) {
    const auto to_next = std::min(sector - (change.at + from) % sector, bytes.size() - from);
    if (dice.chance(probability)) put(to, change.at + from, bytes.substr(from, to_next));
    from += to_next;
  }
}

}  // namespace taskwire::engine
