#include "view/switchboard.h"

#include <algorithm>
#include <utility>

#include "resume/topic.h"

namespace taskwire::view {
namespace {

using State = Connection::State;

Problem no_such_name(const char* what) {
  return {std::string("No such ") + what, "A name is 1 to 128 letters, digits, or . _ ~ @ -, and not . or ..", {}};
}

Problem no_room() {
  return {"All connections are in use",
          "Browsers share six connections over all tabs of this address, and this page takes four at most: stop a "
          "stream or leave a channel first.",
          {}};
}

Problem no_answer_yet() {
  return {"No answer yet",
          "No answer for 15 s; perhaps all connections of this browser are taken: stop a stream, or close another tab. "
          "Trying again.",
          {}};
}

bool is_open(const Feed& feed) {
  return feed.connection().state() != State::disconnected;
}

}  // namespace

Switchboard::Switchboard(RandomBits random)
    : random_(std::move(random)),
      heart_rates_{HeartRate(Pattern::words, ++feed_count_, as_fraction(random_)),
                   HeartRate(Pattern::json, ++feed_count_, as_fraction(random_)),
                   HeartRate(Pattern::number, ++feed_count_, as_fraction(random_))},
      outbox_(as_fraction(random_)) {}

void Switchboard::subscribe(std::string_view channel, Time now) {
  if (console_.is_subscribed(channel)) return;
  if (!fits_in_path(channel)) {
    console_.refuse(no_such_name("channel"));
  } else if (!has_room()) {
    console_.refuse(no_room());
  } else {
    console_.subscribe(channel, ++feed_count_, as_fraction(random_), now);
  }
}

void Switchboard::leave(std::string_view channel) {
  console_.leave(channel);
}

void Switchboard::publish(std::string_view channel, std::string_view type, Form form, std::string data, Time now) {
  auto& publishing = console_.publishing();
  if (fits_in_path(channel)) {
    post(publishing, publish_request(channel, type, random_key(random_)), form, std::move(data), now);
  } else {
    publishing.refuse(no_such_name("channel"));
  }
}

void Switchboard::toggle(Pattern pattern, Time now) {
  auto& feed = heart_rates_[static_cast<std::size_t>(pattern)].feed();
  heart_problem_.reset();
  if (is_open(feed)) {
    feed.connection().disconnect();
  } else if (has_room()) {
    feed.connection().connect(now);
  } else {
    heart_problem_ = no_room();
  }
}

bool Switchboard::choose_user(std::string_view name, Time now) {
  if (!is_name(name)) return false;
  if (is_connected_as(name)) return true;
  inbox_problem_.reset();
  const bool is_other = !inbox_ || inbox_->user() != name;
  if (is_other) inbox_.emplace(std::string(name), ++feed_count_, as_fraction(random_));
  if (has_room()) {
    inbox_->feed().connection().connect(now);
  } else {
    inbox_problem_ = no_room();
  }
  return true;
}

void Switchboard::disconnect() {
  if (inbox_) inbox_->feed().connection().disconnect();
}

bool Switchboard::is_connected_as(std::string_view name) const {
  return inbox_ && inbox_->user() == name && is_open(inbox_->feed());
}

void Switchboard::send(std::string_view to, Form form, std::string text, Time now) {
  if (fits_in_path(to)) {
    post(sending_, message_request(to, random_key(random_)), form, std::move(text), now);
  } else {
    sending_.refuse(no_such_name("person"));
  }
}

void Switchboard::run(Purpose purpose, Time now) {
  if (!inbox_ || !is_open(inbox_->feed())) return;
  auto request = run_request(purpose, inbox_->user());
  auto& run = runs_[request.path];
  if (run.is_busy()) return;
  if (!has_room()) {
    run.refuse(no_room());
    return;
  }
  request.idempotency_key = run.begin(random_key(random_), now);
  outbox_.post(std::move(request), now);
}

void Switchboard::reconnect(int feed, Time now) {
  if (auto* const found = find(feed)) found->connection().reconnect(now);
}

void Switchboard::dismiss(std::string_view place) {
  if (place == "console") console_.dismiss();
  if (place == "publish") console_.publishing().dismiss();
  if (place == "heart") heart_problem_.reset();
  if (place == "inbox") inbox_problem_.reset();
  if (place == "send") sending_.dismiss();
  if (auto* const run = run_of(Purpose::run_task); run != nullptr && place == "task") run->dismiss();
  if (auto* const run = run_of(Purpose::run_object); run != nullptr && place == "object") run->dismiss();
}

void Switchboard::pause() {
  for (auto* feed : feeds()) feed->connection().pause();
}

void Switchboard::resume(Time now) {
  for (auto* feed : feeds()) feed->connection().resume(now);
}

void Switchboard::set_online(bool is_online, Time now) {
  for (auto* feed : feeds()) feed->connection().set_online(is_online, now);
}

void Switchboard::stream_opened(int feed, Time now) {
  auto* const found = find(feed);
  if (found != nullptr) tell_if_live(*found, [&] { found->opened(now); });
}

void Switchboard::stream_broke(int feed, bool for_good, Time now, Millis least) {
  auto* const found = find(feed);
  if (found == nullptr) return;
  const bool was_live = found->connection().state() == State::live;
  found->broke(for_good, now, least);
  if (was_live) announcer_.say(name_of(feed) + ": connection lost, reconnecting.");
}

void Switchboard::stream_refused(int feed, const Answer& answer, Time now) {
  if (answer.is_worth_repeating()) {
    stream_broke(feed, true, now, answer.retry_after);
  } else if (inbox_ && inbox_->feed().number() == feed) {
    disconnect();
    inbox_problem_ = problem_of(answer);
  } else {
    console_.refused(feed, answer);
  }
}

void Switchboard::stream_placed(int feed, const std::string& id, Time now) {
  auto* const found = find(feed);
  if (found != nullptr) tell_if_live(*found, [&] { found->placed(id, now); });
}

void Switchboard::received(int feed, const StreamEvent& event, Time now) {
  auto* const found = find(feed);
  if (found == nullptr) return;
  tell_if_live(*found, [&] {
    console_.received(feed, event, now);
    if (inbox_ && inbox_->feed().number() == feed) inbox_->received(event, now);
    for (auto& heart_rate : heart_rates_) {
      if (heart_rate.feed().number() == feed) heart_rate.received(event, now);
    }
  });
}

void Switchboard::answered(int number, const Answer& answer, Time now) {
  const auto purpose = outbox_.purpose_of(number);
  if (!purpose) return;
  auto* const form = form_of(*purpose);
  const auto settled = outbox_.answered(number, answer, now);
  if (!settled) {
    if (form != nullptr && answer.is_late) form->warn(no_answer_yet());
  } else if (form != nullptr) {
    form->answered(answer);
    if (answer.is_ok()) announcer_.say(*purpose == Purpose::publish ? "Published." : "Sent.");
  } else {
    auto& run = runs_[settled->request.path];
    run.answered(answer);
    if (answer.is_ok() && &run == run_of(*purpose)) announcer_.say(run.message() + '.');
  }
}

void Switchboard::tick(bool is_visible, Time now) {
  for (auto* feed : feeds()) feed->connection().tick(now);
  if (!is_visible) announcer_.clear();  // nobody is there to be told
}

std::vector<Feed*> Switchboard::feeds() {
  std::vector<Feed*> feeds;
  for (auto& heart_rate : heart_rates_) feeds.push_back(&heart_rate.feed());
  if (inbox_) feeds.push_back(&inbox_->feed());
  for (const auto& subscription : console_.subscriptions()) feeds.push_back(&subscription->feed);
  return feeds;
}

std::optional<Time> Switchboard::deadline() {
  std::optional<Time> first;
  const auto consider = [&](std::optional<Time> deadline) {
    if (deadline && (!first || *deadline < *first)) first = deadline;
  };
  for (const auto* feed : feeds()) consider(feed->connection().deadline());
  consider(outbox_.deadline());
  consider(announcer_.deadline());
  return first;
}

bool Switchboard::has_clock() {
  const auto all = feeds();
  return busy_runs() > 0 || (inbox_ && is_open(inbox_->feed())) ||
         std::any_of(all.begin(), all.end(), [](const Feed* f) { return f->connection().state() == State::waiting; });
}

LongRun* Switchboard::run_of(Purpose purpose) {
  if (!inbox_) return nullptr;
  const auto found = runs_.find(run_request(purpose, inbox_->user()).path);
  return found == runs_.end() ? nullptr : &found->second;
}

std::ptrdiff_t Switchboard::busy_runs() const {
  return std::count_if(runs_.begin(), runs_.end(), [](const auto& run) { return run.second.is_busy(); });
}

Feed* Switchboard::find(int number) {
  const auto all = feeds();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Feed* feed) { return feed->number() == number; });
  return found == all.end() ? nullptr : *found;
}

std::string Switchboard::name_of(int feed) {
  if (inbox_ && inbox_->feed().number() == feed) return "Messages of " + inbox_->user();
  for (const auto& subscription : console_.subscriptions()) {
    if (subscription->feed.number() == feed) return "Channel " + subscription->channel;
  }
  return find(feed)->source().path;
}

void Switchboard::tell_if_live(Feed& feed, const std::function<void()>& news) {
  const bool was_live = feed.connection().state() == State::live;
  news();
  if (!was_live && feed.connection().state() == State::live) announcer_.say(name_of(feed.number()) + ": connected.");
}

bool Switchboard::has_room() {
  const auto all = feeds();
  const auto open = std::count_if(all.begin(), all.end(), [](const Feed* feed) { return is_open(*feed); });
  return open + busy_runs() < kMostConnections;
}

PostForm* Switchboard::form_of(Purpose purpose) {
  if (purpose == Purpose::publish) return &console_.publishing();
  return purpose == Purpose::message ? &sending_ : nullptr;
}

void Switchboard::post(PostForm& form, Request request, Form kind, std::string body, Time now) {
  request.form = kind;
  request.body = std::move(body);
  if (auto submitted = form.submit(std::move(request))) outbox_.post(std::move(*submitted), now);
}

}  // namespace taskwire::view
