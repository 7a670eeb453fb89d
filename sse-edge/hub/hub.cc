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
  epoch_ = after.epoch;
  log_.restart(after.sequence);
  ++generation_;
  for (auto& [name, channel] : channels_) add_news(*channel, after.sequence);
  changed();
}

void Hub::append(std::span<const EventPtr> events, Sequence through) {
  for (const auto& event : events) {
    const Sequence before = log_.head();
    if (event->sequence <= before) continue;
    log_.append({event->sequence, event->topic, event->key, event->deletion, event->size(), event});
    const auto channel = channels_.find(event->topic);
    if (channel != channels_.end()) add_news(*channel->second, before);
  }
  log_.advance(through);
  changed();
}

void Hub::subscribe(Subscriber& subscriber, std::span<const std::string> topics) {
  for (const auto& topic : topics) {
    auto& channel = channels_[topic];
    if (!channel) {
      channel = std::make_unique<Channel>();
      channel->name = topic;
    }
    join(subscriber, *channel);
  }
}

void Hub::subscribe_to_changes(Subscriber& subscriber) {
  const auto& places = subscriber.places_;
  if (std::none_of(places.begin(), places.end(), [&](const auto& place) { return place.channel == &changes_; })) {
    join(subscriber, changes_);
  }
}

void Hub::unsubscribe_from_changes(Subscriber& subscriber) {
  for (std::size_t i = 0; i < subscriber.places_.size(); ++i) {
    if (subscriber.places_[i].channel == &changes_) return leave(subscriber, i);
  }
}

void Hub::unsubscribe(Subscriber& subscriber) {
  while (!subscriber.places_.empty()) leave(subscriber, subscriber.places_.size() - 1);
}

bool Hub::deliver(std::size_t count) {
  while (count > 0 && !rounds_.empty()) {
    Channel& channel = *rounds_.front();
    if (channel.next >= channel.subscribers.size()) {
      rounds_.pop_front();
      finish_round(channel);
      continue;
    }
    --count;
    channel.subscribers[channel.next++]->on_news();
  }
  return !rounds_.empty();
}

Sequence Hub::complete_through(const Subscriber& subscriber) const {
  Sequence through = log_.head();
  for (const auto& place : subscriber.places_) {
    if (place.channel != &changes_ && place.channel->in_round) through = std::min(through, place.channel->news_after);
  }
  return through;
}

void Hub::add_news(Channel& channel, Sequence after) {
  if (!channel.in_round) {
    channel.in_round = true;
    channel.news_after = after;
    channel.next = 0;
    rounds_.push_back(&channel);
  } else if (channel.next > 0 && !channel.once_more) {
    channel.once_more = true;
    channel.later_news_after = after;
  }
}

void Hub::finish_round(Channel& channel) {
  channel.in_round = false;
  if (std::exchange(channel.once_more, false)) {
    add_news(channel, channel.later_news_after);
  } else if (channel.subscribers.empty() && &channel != &changes_) {
    channels_.erase(std::string(channel.name));
  }
}

void Hub::join(Subscriber& subscriber, Channel& channel) {
  subscriber.places_.push_back({&channel, channel.subscribers.size()});
  channel.subscribers.push_back(&subscriber);
}

void Hub::leave(Subscriber& subscriber, std::size_t place) {
  Channel& channel = *subscriber.places_[place].channel;
  const auto move = [&](std::size_t from, std::size_t to) {
    if (from == to) return;
    Subscriber* const moved = channel.subscribers[from];
    channel.subscribers[to] = moved;
    for (auto& other : moved->places_) {
      if (other.channel == &channel) other.index = to;
    }
  };
  std::size_t hole = subscriber.places_[place].index;
  if (hole < channel.next) {  // the last visited fills the hole, so that nobody not yet visited passes for visited
    --channel.next;
    move(channel.next, hole);
    hole = channel.next;
  }
  move(channel.subscribers.size() - 1, hole);
  channel.subscribers.pop_back();
  subscriber.places_[place] = subscriber.places_.back();
  subscriber.places_.pop_back();
  if (channel.subscribers.empty() && !channel.in_round && &channel != &changes_)
    channels_.erase(std::string(channel.name));
}

void Hub::changed() {
  ++version_;
  if (!changes_.subscribers.empty()) add_news(changes_, log_.head());
}

}  // namespace taskwire::edge
