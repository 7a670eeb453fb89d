#include "net/streams.h"

#include <utility>

namespace taskwire::edge {

Streams::Place Streams::add(std::shared_ptr<SseStream> stream) {
  const auto place = by_silence_.insert(by_silence_.end(), {std::move(stream), Clock::now(), ++last_number_});
  by_number_.emplace(last_number_, place);
  return place;
}

void Streams::touch(Place place) {
  place->last_sent = Clock::now();
  by_silence_.splice(by_silence_.end(), by_silence_, place);
}

std::shared_ptr<SseStream> Streams::remove(Place place) {
  auto stream = std::move(place->stream);
  by_number_.erase(place->number);
  by_silence_.erase(place);
  return stream;
}

void Streams::pass_over() {
  touch(by_silence_.begin());
}

std::shared_ptr<SseStream> Streams::next(Walk& walk) const {
  const auto found = by_number_.upper_bound(walk);
  if (found == by_number_.end()) return nullptr;
  walk = found->first;
  return found->second->stream;
}

}  // namespace taskwire::edge
