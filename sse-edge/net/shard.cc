#include "net/shard.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>
#include <utility>

#include "net/fault.h"
#include "net/sse_stream.h"

namespace taskwire::edge {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kSlice = 32;       // subscribers visited before the loop takes in what else arrived
constexpr std::size_t kTurns = 8;        // streams that go on with what they lack, beside; as many that are owed it
constexpr std::size_t kWalkSlice = 128;  // streams looked at, as long as it takes no longer than kWalkTime
constexpr std::chrono::milliseconds kWalkTime(1);
constexpr int kBeatLooks = 8;  // in a heartbeat's time
constexpr std::chrono::milliseconds kLeastBeatLook(5);
constexpr std::chrono::seconds kOutageIsTold(1);
constexpr std::chrono::milliseconds kLeastLook(100);
constexpr std::chrono::milliseconds kMostLook(5000);
constexpr std::chrono::milliseconds kMeasureDelay(250);

}  // namespace

Shard::Shard(const Config& config, Pages& pages, EngineClient& engine)
    : config_(config),
      pages_(pages),
      engine_(engine),
      hub_({config.hub_events, config.hub_bytes}),
      pump_means_{hub_, link_, {config.max_lag, metrics_}, config.stall_timeout},
      heartbeats_(config.heartbeat) {}

// NOLINTNEXTLINE(bugprone-exception-escape): nobody could go on without the stop
Shard::~Shard() {
  stop();
}

std::chrono::milliseconds Shard::random_between(std::chrono::milliseconds least, std::chrono::milliseconds most) {
  std::uniform_int_distribution<std::chrono::milliseconds::rep> between(least.count(), most.count());
  return std::chrono::milliseconds(between(random_));
}

struct Shard::Walk {
  Visit visit;
  std::function<void()> done;
  Streams::Walk place;
};

void Shard::add_turn(SseStream& stream) {
  // Of one that comes from elsewhere, of a slow reader most likely, nobody waits for more than one turn.
  Turns& turns = is_owing_ && stream.pump().is_behind(marked_) ? owed_turns_ : turns_;
  turns.push_back(stream.weak_from_this());
  work();
}

void Shard::remove(Streams::Number stream) {
  // The stream may be on the stack; it goes when the stack has gone.
  boost::asio::post(io_, [kept = streams_.remove(stream)] {});
}

void Shard::depart(CloseReason reason, std::vector<Presence> people) {
  metrics_.closed[static_cast<std::size_t>(reason)].add();
  for (auto& person : people) {
    person.connections = 0;
    departed_.note(std::move(person));
  }
}

void Shard::run() {
  thread_ = std::thread([this] {
    on_engine_lost({EngineState::Is::down, std::chrono::system_clock::now(), {}});
    // Whatever one connection does, the others go on; also where it was in the midst of everybody's slice.
    while (!io_.stopped()) {
      try {
        is_working_ = is_owing_ = false;
        look_after_streams();
        measure_delay();
        beat_all();
        epoll_.go_on();
        work();
        io_.run();
      } catch (...) {
        note_fault(std::current_exception());
      }
    }
  });
}

void Shard::post(UpdatePtr update, std::function<void()> taken) {
  boost::asio::post(io_, [this, update = std::move(update), taken = std::move(taken)]() mutable {
    try {
      apply(*update);
    } catch (...) {
      note_fault(std::current_exception());
      begin_anew(*update);
    }
    if (update->lost || may_take_more(*update)) {
      taken();
    } else {
      held_ = std::move(taken);
      work();
    }
  });
}

void Shard::list_people(std::function<void(Known)> done) {
  auto known = std::make_shared<Known>();
  const auto add = [known](SseStream& stream) {
    for (auto& person : stream.pump().people()) known->people.add(std::move(person));
  };
  // Made before it is needed, so that no want of memory keeps it from its end.
  auto walk = std::make_shared<Walk>(Walk{add, [known, done = std::move(done)] { done(std::move(*known)); }});
  boost::asio::post(io_, [this, known, walk] {
    try {
      known->departed.assign(departed_.people().begin(), departed_.people().end());
    } catch (...) {
      note_fault(std::current_exception());
    }
    go_on(walk);
  });
}

void Shard::drain(std::chrono::milliseconds window, std::function<void()> done) {
  auto drain = std::make_unique<Drain>(*this, window, std::move(done));
  boost::asio::post(io_, [this, drain = std::move(drain)]() mutable {
    drain_ = std::move(drain);
    walk([this](SseStream& stream) { drain_->add(stream); }, [this] { drain_->start(); });
  });
}

void Shard::end_streams(std::function<void()> done) {
  auto walk = std::make_shared<Walk>(Walk{[](SseStream& stream) { stream.pump().end(); }, std::move(done)});
  boost::asio::post(io_, [this, walk] {
    is_stopping_ = true;
    for (auto* const wait : waits_) wait->cancel();
    go_on(walk);
  });
}

void Shard::stop() {
  if (!thread_.joinable()) return;
  const auto close = [](SseStream& stream) { stream.sink().close(CloseReason::stopping); };
  auto walk = std::make_shared<Walk>(Walk{close, [this] { boost::asio::post(io_, [this] { io_.stop(); }); }});
  boost::asio::post(io_, [this, walk] {
    beat_timer_.cancel();
    look_timer_.cancel();
    delay_timer_.cancel();
    outage_timer_.cancel();
    go_on(walk);
  });
  thread_.join();
}

void Shard::apply(const Update& update) {
  if (update.lost) return on_engine_lost(*update.lost);
  on_engine_found();
  if (update.start) hub_.start(*update.start);
  if (update.through > 0) hub_.append(update.events, update.through);
  work();
}

void Shard::begin_anew(const Update& update) noexcept {
  try {
    const Sequence least = update.start ? update.start->sequence : hub_.log().head();
    hub_.begin_anew({update.start ? update.start->epoch : hub_.epoch(), std::max(least, update.through)});
    work();
  } catch (...) {
    note_fault(std::current_exception());
  }
}

bool Shard::may_take_more(const Update& update) {
  events_since_mark_ += update.events.size();
  for (const auto& event : update.events) bytes_since_mark_ += event->size();
  // What waits is at most what was marked and what has come since: less than half of what the hub holds.
  if (events_since_mark_ <= config_.hub_events / 4 && bytes_since_mark_ <= config_.hub_bytes / 4) return true;
  if (!is_delivered()) return false;
  mark();
  return true;
}

void Shard::mark() {
  hub_.mark();
  marked_ = hub_.log().head();
  std::swap(owed_turns_, turns_);  // there are none owed
  events_since_mark_ = bytes_since_mark_ = 0;
}

void Shard::on_engine_lost(const EngineState& outage) {
  link_.is_reachable = false;
  if (link_.state.is == outage.is && link_.state.reason == outage.reason) return;
  if (link_.state.is != EngineState::Is::up) return tell_engine_state(outage);
  if (outage_) {  // it is told when its time has come
    outage_->is = outage.is;
    outage_->reason = outage.reason;
    return;
  }
  outage_ = outage;
  outage_timer_.expires_after(kOutageIsTold);
  outage_timer_.async_wait([this](boost::system::error_code error) {
    if (!error && outage_) tell_engine_state(*std::exchange(outage_, std::nullopt));
  });
}

void Shard::on_engine_found() {
  if (std::exchange(link_.is_reachable, true)) return;
  outage_.reset();
  outage_timer_.cancel();
  if (link_.state.is != EngineState::Is::up)
    tell_engine_state({EngineState::Is::up, std::chrono::system_clock::now(), {}});
}

void Shard::tell_engine_state(EngineState state) {
  link_.state = std::move(state);
  link_.state_frame = upstream_frame(link_.state);
  walk([](SseStream& stream) { stream.pump().tell_engine_state(); }, [] {});
}

void Shard::work() {
  if (!std::exchange(is_working_, true)) boost::asio::post(io_, [this] { work_slice(); });
}

void Shard::work_slice() {
  metrics_.now = std::chrono::system_clock::now();
  is_owing_ = !hub_.is_marked_delivered();
  bool has_more = hub_.deliver(kSlice);
  is_owing_ = true;
  take(owed_turns_);
  is_owing_ = false;
  take(turns_);
  if (held_ && is_delivered()) {
    mark();
    std::exchange(held_, nullptr)();
  }
  has_more = has_more || !owed_turns_.empty() || !turns_.empty();
  is_working_ = has_more;
  if (has_more) boost::asio::post(io_, [this] { work_slice(); });
}

void Shard::take(Turns& turns) {
  for (std::size_t i = std::min(turns.size(), kTurns); i > 0; --i) {
    const auto stream = turns.front().lock();
    turns.pop_front();
    if (stream) stream->take_turn();
  }
}

void Shard::beat_all() {
  // Who is silent is looked for now and then, so that a delivery need not note when it was; who would be silent for too
  // long by the next time is beaten now.
  const auto pause = std::max(config_.heartbeat / kBeatLooks, kLeastBeatLook);
  beat_timer_.expires_after(pause);
  beat_timer_.async_wait([this, pause](boost::system::error_code error) {
    if (error) return;
    heartbeats_.set_time(std::chrono::system_clock::now());
    const auto now = steady_clock::now();
    const auto beat = [this, now, since = now - config_.heartbeat + pause](SseStream& stream) {
      if (stream.sink().last_taken() <= since) stream.pump().beat(heartbeats_, now);
    };
    walk(beat, [this] { beat_all(); });
  });
}

void Shard::look_after_streams() {
  const auto cut = [&](CloseReason reason) {
    const auto index = static_cast<std::size_t>(reason);
    const auto count = metrics_.closed[index].value();
    return count - std::exchange(told_closed_[index], count);
  };
  const auto stalled = cut(CloseReason::stalled);
  const auto vanished = cut(CloseReason::vanished);
  const auto talking = cut(CloseReason::talking);
  if (stalled + vanished + talking > 0) {
    spdlog::info(
        "streams cut: {} whose reader took nothing, {} whose reader had vanished, {} whose client kept sending",
        stalled, vanished, talking);
  }
  look_timer_.expires_after(std::clamp(config_.gone_timeout / 4, kLeastLook, kMostLook));
  look_timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    const auto look = [this](SseStream& stream) { stream.sink().look(steady_clock::now(), config_.gone_timeout); };
    walk(look, [this] { look_after_streams(); });
  });
}

void Shard::measure_delay() {
  delay_timer_.expires_after(kMeasureDelay);
  delay_timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    loop_delay_.observe(steady_clock::now() - delay_timer_.expiry());
    measure_delay();
  });
}

void Shard::walk(Visit visit, std::function<void()> done) {
  go_on(std::make_shared<Walk>(Walk{std::move(visit), std::move(done)}));
}

void Shard::go_on(const std::shared_ptr<Walk>& walk) {
  for (;;) {
    const auto until = steady_clock::now() + kWalkTime;
    for (std::size_t i = 0; i < kWalkSlice && (i == 0 || steady_clock::now() < until); ++i) {
      const auto stream = streams_.next(walk->place);
      if (!stream) return walk->done();
      stream->guard([&] { walk->visit(*stream); });
    }
    try {
      return boost::asio::post(io_, [this, walk] { go_on(walk); });
    } catch (...) {
      note_fault(std::current_exception());  // who waits for the end must not wait for ever: no pause then
    }
  }
}

}  // namespace taskwire::edge
