#include "hub/hub.h"

#include <algorithm>
#include <utility>

namespace taskwire::edge {

Hub::Hub(EventLog::Limits limits) : log_(limits) {}
Hub::~Hub() = default;

void Hub::start(const Cursor& after) {
  if (after.epoch == epoch_ && after.sequence == log_.head()) {
    changed();  // who waits for the engine may ask it again
    return;
  }
  begin_anew(after);
}

void Hub::begin_anew(const Cursor& after) {
  log_.restart(after.sequence);
  ++generation_;
  epoch_.clear();  // covers nothing, should the next throw
  epoch_ = after.epoch;
  log_.for_each_topic([&](const EventLog::TopicIndex& topic) {
    const auto& audience = topic.attachment();
    if (!audience) return;
    // Places of rounds under way are the old log's.
    audience->news_after = audience->later_news_after = after.sequence;
    add_news(*audience, after.sequence);
  });
  changed();
}

void Hub::append(std::span<const EventPtr> events, Sequence through) {
  for (const auto& event : events) {
    const Sequence before = log_.head();
    if (event->sequence <= before) continue;
    const auto& entry = log_.append({event->sequence, event->topic, event->key, event->deletion, event->size(), event});
    if (const auto& audience = entry.topic->attachment()) add_news(*audience, before);
  }
  log_.advance(through);
  changed();
}

void Hub::subscribe(Subscriber& subscriber, std::span<const EventLog::TopicRef> topics) {
  try {
    for (const auto& topic : topics) {
      auto& audience = topic->attachment();
      if (!audience) {
        audience = std::make_unique<Audience>();
        audience->topic = topic.get();
      }
      join(subscriber, *audience);
    }
  } catch (...) {
    unsubscribe(subscriber);  // who cannot be told of all is told of nothing, and may go
    throw;
  }
}

void Hub::subscribe(Subscriber& subscriber, std::span<const std::string> topics) {
  for (const auto& name : topics) {
    const auto topic = log_.topic(name);
    subscribe(subscriber, {&topic, 1});
  }
}

void Hub::subscribe_to_changes(Subscriber& subscriber) {
  const auto& places = subscriber.places_;
  if (std::none_of(places.begin(), places.end(), [&](const auto& place) { return place.audience == &changes_; })) {
    join(subscriber, changes_);
  }
}

void Hub::unsubscribe_from_changes(Subscriber& subscriber) {
  for (std::size_t i = 0; i < subscriber.places_.size(); ++i) {
    if (subscriber.places_[i].audience == &changes_) return leave(subscriber, i);
  }
}

void Hub::unsubscribe(Subscriber& subscriber) {
  while (!subscriber.places_.empty()) leave(subscriber, subscriber.places_.size() - 1);
}

bool Hub::deliver(std::size_t count) {
  while (count > 0 && !rounds_.empty()) {
    Audience& audience = *rounds_.front();
    for (; count > 0 && audience.next < audience.subscribers.size(); --count) {
      audience.subscribers[audience.next++]->on_news();
    }
    rounds_.pop_front();
    if (audience.next < audience.subscribers.size()) {
      rounds_.push_back(&audience);
    } else {
      finish_round(audience);
    }
  }
  return !rounds_.empty();
}

void Hub::mark() {
  marked_rounds_ = 0;
  for (auto* const audience : rounds_) {
    audience->marked = audience->once_more ? 2 : 1;
    marked_rounds_ += audience->marked;
  }
}

Sequence Hub::complete_through(const Subscriber& subscriber) const {
  Sequence through = log_.head();
  for (const auto& place : subscriber.places_) {
    if (place.audience != &changes_ && place.audience->in_round)
      through = std::min(through, place.audience->news_after);
  }
  return through;
}

void Hub::add_news(Audience& audience, Sequence after) {
  if (!audience.in_round) {
    rounds_.push_back(&audience);
    audience.in_round = true;
    audience.news_after = after;
    audience.next = 0;
  } else if (audience.next > 0 && !audience.once_more) {
    audience.once_more = true;
    audience.later_news_after = after;
  }
}

void Hub::finish_round(Audience& audience) {
  audience.in_round = false;
  if (audience.marked > 0) {
    --audience.marked;
    --marked_rounds_;
  }
  if (std::exchange(audience.once_more, false)) {
    add_news(audience, audience.later_news_after);
  } else {
    drop_if_unused(audience);
  }
}

void Hub::drop_if_unused(Audience& audience) {
  const bool is_unused = audience.subscribers.empty() && !audience.in_round;
  if (is_unused && audience.topic != nullptr) audience.topic->attachment().reset();
}

void Hub::join(Subscriber& subscriber, Audience& audience) {
  subscriber.places_.reserve(subscriber.places_.size() + 1);
  audience.subscribers.push_back(&subscriber);
  subscriber.places_.push_back({&audience, static_cast<std::uint32_t>(audience.subscribers.size() - 1)});
}

void Hub::leave(Subscriber& subscriber, std::size_t place) {
  Audience& audience = *subscriber.places_[place].audience;
  const auto move = [&](std::uint32_t from, std::uint32_t to) {
    if (from == to) return;
    Subscriber* const moved = audience.subscribers[from];
    audience.subscribers[to] = moved;
    for (auto& other : moved->places_) {
      if (other.audience == &audience) other.index = to;
    }
  };
  std::uint32_t hole = subscriber.places_[place].index;
  if (hole < audience.next) {  // the last visited fills the hole, so that nobody not yet visited passes for visited
    --audience.next;
    move(audience.next, hole);
    hole = audience.next;
  }
  move(static_cast<std::uint32_t>(audience.subscribers.size()) - 1, hole);
  audience.subscribers.pop_back();
  subscriber.places_[place] = subscriber.places_.back();
  subscriber.places_.pop_back();
  drop_if_unused(audience);
}

void Hub::changed() {
  ++version_;
  if (!changes_.subscribers.empty()) add_news(changes_, log_.head());
}

}  // namespace taskwire::edge
