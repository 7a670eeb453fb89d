#include "net/streams.h"

#include <algorithm>
#include <utility>

namespace taskwire::edge {
namespace {

constexpr std::size_t kMostClosed = 64;  // beside as many as there are open

}  // namespace

Streams::Number Streams::add(std::shared_ptr<SseStream> stream) {
  entries_.push_back({last_ + 1, std::move(stream)});
  ++open_;
  return ++last_;
}

std::shared_ptr<SseStream> Streams::remove(Number number) {
  const auto place = std::ranges::lower_bound(entries_, number, {}, &Entry::number);
  auto stream = std::move(place->stream);
  --open_;
  if (entries_.size() > 2 * open_ + kMostClosed) {
    std::erase_if(entries_, [](const Entry& entry) { return entry.stream == nullptr; });
    entries_.shrink_to_fit();
  }
  return stream;
}

std::shared_ptr<SseStream> Streams::next(Number& walk) const {
  auto place = std::ranges::upper_bound(entries_, walk, {}, &Entry::number);
  while (place != entries_.end() && !place->stream) ++place;
  if (place == entries_.end()) return nullptr;
  walk = place->number;
  return place->stream;
}

}  // namespace taskwire::edge
