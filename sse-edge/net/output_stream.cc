#include "net/output_stream.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "http/proto_time.h"
#include "hub/sse.h"
#include "net/fault.h"
#include "text/json_writer.h"

namespace taskwire::edge {
namespace {

constexpr std::chrono::milliseconds kWait(20'000);           // at the engine
constexpr std::chrono::milliseconds kAskForMoreAgain(1000);  // after a failure
constexpr std::chrono::milliseconds kTellAfter(1000);        // of an outage
constexpr std::chrono::milliseconds kLook(1000);             // after the client, and the time

}  // namespace

OutputStream::OutputStream(Shard& shard, Outputs& outputs, boost::asio::ip::tcp::socket socket, bool is_chunked,
                           Lease lease, v1::ReadOutputRequest request)
    : shard_(shard),
      outputs_(outputs),
      lease_(std::move(lease)),
      sink_(shard.sink_means(), std::move(socket), is_chunked),
      request_(std::move(request)),
      timer_(shard.io()),
      wait_(shard.add_wait(timer_)),
      last_sent_(Clock::now()) {}

OutputStream::~OutputStream() {
  shard_.remove_wait(wait_);
}

template <class What>
void OutputStream::guard(What&& what) noexcept {
  try {
    what();
  } catch (...) {
    note_fault(std::current_exception());
    try {
      sink_.close(CloseReason::broken);
    } catch (...) {
      note_fault(std::current_exception());
    }
  }
}

void OutputStream::start(std::string head) {
  wait();
  shard_.metrics().opened.add();
  guard([&] {
    sink_.start(*this, std::move(head));
    std::string first;
    append_comment(first, "taskwire");
    append_block(first, {.retry_ms = static_cast<int>(shard_.random_retry().count())});
    send(std::make_shared<const Frame>(first));
    go_on();
  });
}

void OutputStream::on_writable() {
  // In turn with all else that the shard does.
  boost::asio::post(shard_.io(), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->is_open_)
      self->guard([&] {
        if (self->sink_.flush()) self->go_on();
      });
  });
}

void OutputStream::on_closed(CloseReason reason) {
  is_open_ = false;
  asking_.reset();
  timer_.cancel();
  shard_.depart(reason, {});
}

void OutputStream::send(const FramePtr& frame) {
  last_sent_ = Clock::now();
  const Part part(frame);
  sink_.try_write({&part, 1});
}

void OutputStream::go_on() {
  if (is_open_ && !is_ending_ && !asking_ && !ask_again_at_ && sink_.is_writable()) ask();
}

void OutputStream::ask() {
  // Where it begins, and that the engine is back, is told at once.
  request_.set_wait_ms(is_announced_ && !trouble_since_ ? kWait.count() : 0);
  asking_ = outputs_.request(request_, shard_.io().get_executor(),
                             [weak = weak_from_this()](const Result<OutputPagePtr>& page) {
                               const auto self = weak.lock();
                               if (self && self->is_open_) self->guard([&] { self->take(page); });
                             });
}

void OutputStream::take(const Result<OutputPagePtr>& answer) {
  if (!asking_) return;
  asking_.reset();
  if (is_ending_) return;
  if (!answer) return try_again(answer.error());
  trouble_since_.reset();
  tell_engine_state({EngineState::Is::up, std::chrono::system_clock::now(), {}});
  const auto& page = **answer;
  // It begins after that place.
  if (!std::exchange(is_announced_, true) && !page.is_reset) send_id(beginning(page));
  if (is_open_ && page.frame) send(page.frame);
  request_.set_after(page.through);
  request_.set_seen(page.seen);
  request_.set_from_end(false);
  if (!is_open_) return;
  if (!page.ended) return go_on();
  is_ending_ = true;
  sink_.close(CloseReason::over);
}

void OutputStream::try_again(const Problem& problem) {
  if (problem.reason == Reason::task_not_found) {  // it was deleted; the next connect is told
    is_ending_ = true;
    return sink_.close(CloseReason::over);
  }
  const auto now = Clock::now();
  ask_again_at_ = now + kAskForMoreAgain;
  if (!trouble_since_) trouble_since_ = now;
  if (now - *trouble_since_ < kTellAfter) return;
  const bool is_away = problem.reason == Reason::engine_unavailable || problem.reason == Reason::shutting_down;
  tell_engine_state({is_away ? EngineState::Is::down : EngineState::Is::failing, std::chrono::system_clock::now(),
                     is_away ? std::string() : std::string(info(problem.reason).name)});
}

void OutputStream::tell_engine_state(EngineState state) {
  if (state.is == std::exchange(told_, state.is)) return;
  send(upstream_frame(state));
}

void OutputStream::wait() {
  timer_.expires_after(kLook);
  // What waits keeps the stream, and goes with the shard.
  timer_.async_wait([self = shared_from_this()](boost::system::error_code) {
    if (self->is_open_) self->guard([&] { self->look(); });
  });
}

void OutputStream::look() {
  wait();
  if (shard_.is_stopping() && !is_ending_) return end();
  const auto now = Clock::now();
  const auto& config = shard_.config();
  if (!sink_.is_writable() && now - sink_.last_taken() > config.stall_timeout) sink_.close(CloseReason::stalled);
  if (is_open_) sink_.look(now, config.gone_timeout);
  if (!is_open_ || is_ending_) return;
  if (ask_again_at_ && now >= *ask_again_at_) ask_again_at_.reset();
  go_on();
  if (is_open_ && now - last_sent_ >= config.heartbeat) beat();
}

/// The place that the stream begins after, which `page` is the first of.
std::string OutputStream::beginning(const OutputPage& page) const {
  if (request_.from_end()) return page.through;
  return request_.after().empty() ? page.through.substr(0, page.through.find('-')) + "-0.0" : request_.after();
}

/// In order: with the id up to which the stream is complete.
void OutputStream::end() {
  is_ending_ = true;
  asking_.reset();
  if (!request_.after().empty()) send_id(request_.after());
  if (is_open_) sink_.close(CloseReason::over);
}

void OutputStream::send_id(const std::string& id) {
  std::string sse;
  append_block(sse, {.id = id});
  send(std::make_shared<const Frame>(sse));
}

void OutputStream::beat() {
  if (!sink_.is_writable()) return;
  std::string data;
  JsonWriter(data)
      .begin_object()
      .member("timestamp", time_text(std::chrono::system_clock::now()))
      .member("intervalMs", std::int64_t{shard_.config().heartbeat.count()})
      .end_object();
  std::string sse;
  append_block(sse, {.id = request_.after(), .event = "heartbeat", .data = data});
  send(std::make_shared<const Frame>(sse));
}

}  // namespace taskwire::edge
