#include "net/upstream.h"

#include <boost/asio/post.hpp>
#include <exception>
#include <spdlog/spdlog.h>
#include <utility>

#include "http/problem.h"
#include "net/fault.h"

namespace taskwire::edge {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::seconds kSilence(15);  // the engine says something at least every 5 s
constexpr std::chrono::seconds kSilenceCheck(1);
constexpr Backoff::Limits kBackoff{std::chrono::milliseconds(200), std::chrono::milliseconds(2000),
                                   std::chrono::milliseconds(20)};

/// What a message says, made ready; null where no engine would say it to a reader of the tail.
UpdatePtr make_update(const v1::WatchResponse& message) {
  auto update = std::make_shared<Update>();
  switch (message.message_case()) {
    case v1::WatchResponse::kStart:
      update->start = parse_cursor(message.start().after());
      return update->start ? update : nullptr;
    case v1::WatchResponse::kBatch: {
      const auto through = parse_cursor(message.batch().through());
      if (!through) return nullptr;
      update->through = through->sequence;
      update->events.reserve(static_cast<std::size_t>(message.batch().events_size()));
      for (const auto& event : message.batch().events()) {
        update->events.push_back(make_event(event, WithId::yes));
        if (!update->events.back()) return nullptr;
      }
      return update;
    }
    case v1::WatchResponse::kProgress: {
      const auto through = parse_cursor(message.progress().through());
      if (!through) return nullptr;
      update->through = through->sequence;
      return update;
    }
    default:
      return nullptr;
  }
}

}  // namespace

Upstream::Upstream(boost::asio::io_context& io, EngineChannel& channel, Settings settings, Publish publish)
    : io_(io),
      channel_(channel),
      settings_(std::move(settings)),
      publish_(std::move(publish)),
      backoff_(kBackoff, settings_.random),
      absence_(channel.address()),
      reopen_(io),
      silence_(io),
      lost_since_(steady_clock::now().time_since_epoch().count()) {}

void Upstream::start() {
  watch_for_silence();
  open();
}

void Upstream::stop(std::function<void()> stopped) {
  is_stopping_ = true;
  stopped_ = std::move(stopped);
  reopen_.cancel();
  silence_.cancel();
  if (call_) {
    call_->cancel();
  } else {
    stopped_();
  }
}

std::optional<steady_clock::time_point> Upstream::lost_since() const {
  const auto since = lost_since_.load();
  if (since == 0) return std::nullopt;
  return steady_clock::time_point(steady_clock::duration(since));
}

void Upstream::open() {
  v1::WatchRequest request;
  auto& tail = *request.mutable_tail();
  tail.set_events(settings_.tail_events);
  if (cursor_) tail.set_after(to_string(*cursor_));
  last_message_ = steady_clock::now();
  // The handlers hold the call weakly: it holds itself until its end.
  const auto slot = std::make_shared<std::weak_ptr<WatchCall>>();
  call_ = std::make_shared<WatchCall>(
      WatchCall::Handlers{[this, slot](const v1::WatchResponse& message) { on_message(slot->lock(), message); },
                          [this](std::shared_ptr<WatchCall> call, const grpc::Status& status) {
                            boost::asio::post(io_, [this, call = std::move(call), status] { on_end(status); });
                          }});
  *slot = call_;
  channel_.look_again();
  call_->start(*channel_.now()->events, request);
}

void Upstream::on_message(const std::shared_ptr<WatchCall>& call, const v1::WatchResponse& message) {
  try {
    if (const UpdatePtr update = make_update(message)) return hand_on(call, update);
    spdlog::error("upstream: the engine sent what no engine of this version sends; opening the watch anew");
  } catch (...) {  // nobody else would catch it on this thread
    note_fault(std::current_exception());
  }
  is_taken_in_ = false;
  call->cancel();
  call->read_next();
}

void Upstream::hand_on(const std::shared_ptr<WatchCall>& call, const UpdatePtr& update) {
  for (const auto& event : update->events) frames_made_.add(event->frames());
  is_taken_in_ = true;
  publish_(update, [this, call, update] {
    is_taken_in_ = false;
    call->read_next();
    boost::asio::post(io_, [this, update] { took(update); });
  });
}

void Upstream::took(const UpdatePtr& update) {
  last_message_ = steady_clock::now();
  backoff_.reset();
  if (update->start) {
    if (cursor_ && *cursor_ != *update->start) {
      spdlog::warn("upstream: {} is no longer held by the engine; the log begins anew after {}", to_string(*cursor_),
                   to_string(*update->start));
    }
    cursor_ = update->start;
  } else if (cursor_) {
    cursor_->sequence = std::max(cursor_->sequence, update->through);
  }
  if (is_live_ || !cursor_) return;
  is_live_ = true;
  absence_.reached();
  outage_.reset();
  was_synced_ = true;
  state_ = EngineState::Is::up;
  lost_since_ = 0;
  spdlog::info("upstream: live after {}", to_string(*cursor_));
}

void Upstream::on_end(const grpc::Status& status) {
  call_ = nullptr;
  if (is_stopping_) return stopped_();
  const auto delay = backoff_.next();
  if (std::exchange(is_live_, false)) lost_since_ = steady_clock::now().time_since_epoch().count();
  if (const auto line = absence_.failed(steady_clock::now(), status.error_message()))
    spdlog::warn("upstream: {}", *line);
  tell_outage(status);
  reopen_.expires_after(delay);
  reopen_.async_wait([this](boost::system::error_code error) {
    if (error || is_stopping_) return;
    reconnects_.add();
    open();
  });
}

void Upstream::tell_outage(const grpc::Status& status) {
  EngineState outage{EngineState::Is::down, std::chrono::system_clock::now(), {}};
  const auto problem = engine_problem(status.error_code(), status.error_message(), false);
  if (!status.ok() && problem.reason != Reason::engine_unavailable && problem.reason != Reason::shutting_down) {
    outage.is = EngineState::Is::failing;
    outage.reason = info(problem.reason).name;
  }
  state_ = outage.is;
  if (outage_ && outage_->is == outage.is && outage_->reason == outage.reason) return;
  outage_ = outage;
  auto update = std::make_shared<Update>();
  update->lost = std::move(outage);
  publish_(std::move(update), [] {});
}

void Upstream::watch_for_silence() {
  silence_.expires_after(kSilenceCheck);
  silence_.async_wait([this](boost::system::error_code error) {
    if (error || is_stopping_) return;
    if (call_ && !is_taken_in_ && steady_clock::now() - last_message_ > kSilence) {
      spdlog::warn("upstream: the engine has been silent for {} s", kSilence.count());
      call_->cancel();
    }
    watch_for_silence();
  });
}

}  // namespace taskwire::edge
