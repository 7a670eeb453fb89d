#include "view/console.h"

#include <algorithm>
#include <utility>

#include "view/foreign_text.h"
#include "view/format.h"

namespace taskwire::view {
namespace {

auto of_channel(std::string_view channel) {
  return [channel](const auto& subscription) { return subscription->channel == channel; };
}

auto of_feed(int number) {
  return [number](const auto& subscription) { return subscription->feed.number() == number; };
}

}  // namespace

bool Console::subscribe(std::string_view channel, int feed_number, std::function<double()> random, Time now) {
  if (is_subscribed(channel)) return false;
  problem_.reset();
  auto& added = subscriptions_.emplace_back(std::make_unique<Subscription>(
      Subscription{std::string(channel), Feed(feed_number, {channel_path(channel), false, {}}, std::move(random))}));
  added->feed.connection().connect(now);
  return true;
}

void Console::leave(std::string_view channel) {
  std::erase_if(subscriptions_, of_channel(channel));
}

void Console::received(int feed_number, const StreamEvent& event, Time now) {
  const auto found = std::find_if(subscriptions_.begin(), subscriptions_.end(), of_feed(feed_number));
  if (found == subscriptions_.end()) return;
  auto& [channel, feed] = **found;
  const bool is_reset = event.type == "reset";
  auto taken = feed.received(event, now);
  log_.forget_newest(taken.forgotten, [&channel = channel](const EventLog::Entry& entry) {
    return entry.topic == channel && entry.type != "reset";
  });
  if (!taken.is_item && !is_reset) return;
  auto text = is_reset ? summary_of(decode_message(event), event) : shorten(marked(event.data), kMostBytes);
  log_.add({now, marked(event.type), std::move(taken.id), std::move(text), channel});
}

void Console::refused(int feed_number, const Answer& answer) {
  if (std::erase_if(subscriptions_, of_feed(feed_number)) > 0) problem_ = problem_of(answer);
}

bool Console::is_subscribed(std::string_view channel) const {
  return std::any_of(subscriptions_.begin(), subscriptions_.end(), of_channel(channel));
}

}  // namespace taskwire::view
