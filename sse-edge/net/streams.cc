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

std::shared_ptr<SseStream> Streams::next(Walk& walk) const {
  auto& [last, index] = walk;
  if (index < entries_.size() && entries_[index].number == last) {
    ++index;
  } else {
    const auto place = std::ranges::upper_bound(entries_, last, {}, &Entry::number);
    index = static_cast<std::size_t>(place - entries_.begin());
  }
  while (index < entries_.size() && !entries_[index].stream) ++index;
  if (index == entries_.size()) return nullptr;
  last = entries_[index].number;
  return entries_[index].stream;
}

}  // namespace taskwire::edge
