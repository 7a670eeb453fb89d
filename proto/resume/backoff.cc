#include "resume/backoff.h"

#include <algorithm>
#include <utility>

namespace taskwire {

Backoff::Backoff(Limits limits, std::function<double()> random) : limits_(limits), random_(std::move(random)) {}

std::chrono::milliseconds Backoff::next() {
  constexpr int kMaxDoublings = 20;  // keeps the shift in range; every ceiling is reached long before
  const auto ceiling =
      std::min<std::chrono::milliseconds>(limits_.most, limits_.first * (1LL << std::min(attempts_, kMaxDoublings)));
  ++attempts_;
  const auto part = static_cast<std::chrono::milliseconds::rep>(random_() * static_cast<double>(ceiling.count()));
  return std::max(limits_.least, std::chrono::milliseconds(part));
}

}  // namespace taskwire
