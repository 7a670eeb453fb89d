#include "net/shard.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "net/sse_stream.h"

namespace taskwire::edge {
namespace {

constexpr std::size_t kSlice = 32;  // subscribers visited before the loop takes in what else arrived

}  // namespace

Shard::Shard(const Config& config, Pages& pages, EngineClient& engine)
    : config_(config), pages_(pages), engine_(engine), hub_({config.hub_events, config.hub_bytes}) {}

Shard::~Shard() {
  stop();
}

std::chrono::milliseconds Shard::random_retry() {
  std::uniform_int_distribution<std::chrono::milliseconds::rep> between(config_.retry_min.count(),
                                                                        config_.retry_max.count());
  return std::chrono::milliseconds(between(random_));
}

Shard::Streams::iterator Shard::add(std::shared_ptr<SseStream> stream) {
  return streams_.insert(streams_.end(), std::move(stream));
}

void Shard::remove(Streams::iterator stream) {
  // The stream may be on the stack; it goes when the stack has gone.
  boost::asio::post(io_, [kept = std::move(*stream)] {});
  streams_.erase(stream);
}

void Shard::depart(std::vector<Presence> people) {
  for (auto& person : people) {
    person.connections = 0;
    departed_.note(std::move(person));
  }
}

std::map<std::string, Presence> Shard::people() const {
  std::map<std::string, Presence> all;
  for (const auto& person : departed_.people()) merge(all, person);
  for (const auto& stream : streams_) {
    for (auto& person : stream->people(stream->last_progress())) merge(all, std::move(person));
  }
  return all;
}

void Shard::run() {
  thread_ = std::thread([this] {
    beat();
    io_.run();
  });
}

void Shard::post(UpdatePtr update, std::function<void()> taken) {
  boost::asio::post(io_, [this, update = std::move(update), taken = std::move(taken)] {
    apply(*update);
    taken();
  });
}

void Shard::end_streams(std::function<void()> done) {
  boost::asio::post(io_, [this, done = std::move(done)] {
    const std::vector<std::shared_ptr<SseStream>> streams(streams_.begin(), streams_.end());
    is_stopping_ = true;
    for (const auto& stream : streams) stream->end();
    for (auto* const wait : waits_) wait->cancel();
    done();
  });
}

void Shard::stop() {
  if (!thread_.joinable()) return;
  boost::asio::post(io_, [this] {
    beat_timer_.cancel();
    const std::vector<std::shared_ptr<SseStream>> streams(streams_.begin(), streams_.end());
    for (const auto& stream : streams) stream->close();
    boost::asio::post(io_, [this] { io_.stop(); });
  });
  thread_.join();
}

void Shard::apply(const Update& update) {
  is_engine_reachable_ = !update.is_lost;
  if (update.is_lost) return;
  if (update.start) hub_.start(*update.start);
  if (update.through > 0) hub_.append(update.events, update.through);
  if (!std::exchange(is_delivering_, true)) deliver();
}

void Shard::deliver() {
  is_delivering_ = hub_.deliver(kSlice);
  if (is_delivering_) boost::asio::post(io_, [this] { deliver(); });
}

void Shard::beat() {
  const auto now = std::chrono::steady_clock::now();
  while (!streams_.empty() && streams_.front()->last_write() + config_.heartbeat <= now) {
    const auto stream = streams_.front();
    stream->beat(now);
    if (!streams_.empty() && streams_.front() == stream) touch(streams_.begin());
  }
  const auto next = streams_.empty() ? now : streams_.front()->last_write();
  constexpr std::chrono::milliseconds kLeast(5);  // several streams fall due together
  beat_timer_.expires_at(std::max(next + config_.heartbeat, now + kLeast));
  beat_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) beat();
  });
}

}  // namespace taskwire::edge
