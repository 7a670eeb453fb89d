#include "gate/frame_guard.h"

#include <algorithm>
#include <utility>

namespace taskwire::gate {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";  // RFC 9113, 3.4
constexpr std::size_t kMostHeaderBytes = std::size_t{64} << 10;
constexpr int kMostHeaderFrames = 16;
constexpr int kFirstCredit = 4;
constexpr int kMostCredit = 100;

}  // namespace

FrameGuard::FrameGuard(Allowance& allowance)
    : allowance_(allowance),
      credit_(kFirstCredit),
      resets_(allowance.limits.resets, allowance.limits.resets_per_second) {
  ++allowance_.connections;
}

FrameGuard::~FrameGuard() {
  --allowance_.connections;
  if (unanswered_ > 0) --allowance_.asking;
  allowance_.unanswered -= unanswered_;
  allowance_.streams -= streams_.size();
  allowance_.ended_streams += streams_.size();
  allowance_.request_bytes -= own_request_bytes_;
}

Verdict FrameGuard::from_client(std::string_view bytes, engine::SteadyTime now) {
  const auto greeting = std::min(kPreface.size() - preface_bytes_, bytes.size());
  if (bytes.substr(0, greeting) != kPreface.substr(preface_bytes_, greeting)) return {Fault::not_http2, 0};
  preface_bytes_ += greeting;
  Fault fault = Fault::none;
  held_for_ = Wait::none;
  const auto scanned = to_engine_.scan(
      bytes.substr(greeting),
      [&](const Frame& frame) {
        is_introduced_ = true;
        note_end_of_request();
        const bool is_end = ends_request(frame);
        if (is_end && has_enough(frame)) held_for_ = Wait::answers;
        if (begins_stream(frame)) {
          fault = one_stream_more();
          if (fault == Fault::none && held_for_ == Wait::none && !take_credit(now)) held_for_ = Wait::advance;
        }
        if (fault != Fault::none || held_for_ != Wait::none) return false;
        fault = on_client_frame(frame, now);
        if (fault == Fault::none && is_end) ending_ = frame.stream;
        return fault == Fault::none;
      },
      [&](const Frame& frame, std::string_view piece) {
        if (frame.type == Frame::data) fault = on_data(frame.stream, piece);
        return fault == Fault::none;
      });
  if (to_engine_.is_between_frames()) note_end_of_request();
  return {fault, fault == Fault::none ? greeting + scanned : 0};
}

FrameGuard::Wait FrameGuard::waits_for() const {
  const bool is_over = held_for_ == Wait::advance ? credit_ > 0 : !allowance_.has_enough(unanswered_);
  return is_over ? Wait::none : held_for_;
}

Verdict FrameGuard::from_engine(std::string_view bytes, engine::SteadyTime now) {
  Fault fault = Fault::none;
  (void)to_client_.scan(
      bytes,
      [&](const Frame& frame) {
        fault = on_engine_frame(frame, now);
        return fault == Fault::none;
      },
      [](const Frame&, std::string_view) { return true; });
  return {fault, fault == Fault::none ? bytes.size() : 0};
}

Fault FrameGuard::on_client_frame(const Frame& frame, engine::SteadyTime now) {
  switch (frame.type) {
    case Frame::headers:
    case Frame::continuation:
      return on_header_block(frame);
    case Frame::rst_stream:
      return on_reset(frame.stream, now);
    case Frame::data:
      if (frame.length > 0) return Fault::none;  // its payload counts
      [[fallthrough]];
    default:
      return idle_frames_.take(now) ? Fault::none : Fault::idle_frames;
  }
}

Fault FrameGuard::on_engine_frame(const Frame& frame, engine::SteadyTime now) {
  switch (frame.type) {
    case Frame::rst_stream:
      return on_reset(frame.stream, now);
    case Frame::window_update:
      on_taken(frame.stream);
      return Fault::none;
    case Frame::headers:
    case Frame::data:
      idle_frames_.fill();
      on_answer(frame.stream);
      if ((frame.flags & Frame::kEndStream) != 0) end(frame.stream);
      return Fault::none;
    default:
      return Fault::none;
  }
}

Fault FrameGuard::on_header_block(const Frame& frame) {
  header_bytes_ += frame.length;
  ++header_frames_;
  if (header_bytes_ > kMostHeaderBytes || header_frames_ > kMostHeaderFrames) return Fault::header_too_large;
  if ((frame.flags & Frame::kEndHeaders) != 0) {
    header_bytes_ = 0;
    header_frames_ = 0;
  }
  if (!begins_stream(frame)) return Fault::none;
  last_stream_ = frame.stream;
  streams_.try_emplace(frame.stream);
  ++allowance_.streams;
  return Fault::none;
}

bool FrameGuard::begins_stream(const Frame& frame) const {
  return frame.type == Frame::headers && frame.stream > last_stream_;
}

bool FrameGuard::ends_request(const Frame& frame) const {
  const bool has_end = frame.type == Frame::headers || frame.type == Frame::data;
  if (!has_end || (frame.flags & Frame::kEndStream) == 0) return false;
  if (begins_stream(frame)) return true;
  const auto open = streams_.find(frame.stream);
  return open != streams_.end() && !open->second.is_whole;
}

bool FrameGuard::has_enough(const Frame& frame) const {
  const auto open = streams_.find(frame.stream);
  return (open == streams_.end() || !open->second.is_answered) && allowance_.has_enough(unanswered_);
}

void FrameGuard::note_end_of_request() {
  if (!ending_ || header_frames_ > 0) return;
  const auto open = streams_.find(*std::exchange(ending_, std::nullopt));
  if (open == streams_.end()) return;  // aborted
  open->second.is_whole = true;
  ++whole_;
  if (open->second.is_answered) return;
  ++allowance_.unanswered;
  if (unanswered_++ == 0) ++allowance_.asking;
}

void FrameGuard::take_from_unanswered(const Stream& stream) {
  if (!stream.is_whole || stream.is_answered) return;
  --allowance_.unanswered;
  if (--unanswered_ == 0) --allowance_.asking;
}

Fault FrameGuard::one_stream_more() const {
  const auto own = streams_.size() + 1;
  if (own > allowance_.limits.streams_of_one) return Fault::streams_beyond_settings;
  if (allowance_.is_over(allowance_.streams + 1, allowance_.limits.streams, own)) return Fault::too_many_streams;
  return Fault::none;
}

bool FrameGuard::take_credit(engine::SteadyTime now) {
  if (credit_ == 0) return allowance_.advances.take(now);
  --credit_;
  return true;
}

Fault FrameGuard::on_data(std::uint32_t stream, std::string_view bytes) {
  const auto open = streams_.find(stream);
  if (open == streams_.end()) return Fault::none;
  open->second.request.add(bytes);
  own_request_bytes_ += bytes.size();
  allowance_.request_bytes += bytes.size();
  return allowance_.is_over(allowance_.request_bytes, allowance_.limits.request_bytes, own_request_bytes_)
             ? Fault::too_many_bytes
             : Fault::none;
}

void FrameGuard::on_taken(std::uint32_t stream) {
  const auto open = streams_.find(stream);
  if (open == streams_.end()) return;
  auto& request = open->second.request;
  const auto before = request.held();
  request.taken();
  own_request_bytes_ -= before - request.held();
  allowance_.request_bytes -= before - request.held();
}

void FrameGuard::on_answer(std::uint32_t stream) {
  const auto open = streams_.find(stream);
  if (open == streams_.end() || open->second.is_answered) return;
  take_from_unanswered(open->second);
  open->second.is_answered = true;
  credit_ = std::min(credit_ + 2, kMostCredit);
}

Fault FrameGuard::on_reset(std::uint32_t stream, engine::SteadyTime now) {
  if (!end(stream)) return idle_frames_.take(now) ? Fault::none : Fault::idle_frames;
  if (resets_.take(now)) return Fault::none;
  if (credit_ == 0) return Fault::too_many_resets;
  --credit_;
  return Fault::none;
}

bool FrameGuard::end(std::uint32_t stream) {
  const auto open = streams_.find(stream);
  if (open == streams_.end()) return false;
  take_from_unanswered(open->second);
  if (open->second.is_whole) --whole_;
  own_request_bytes_ -= open->second.request.held();
  allowance_.request_bytes -= open->second.request.held();
  --allowance_.streams;
  ++allowance_.ended_streams;
  streams_.erase(open);
  return true;
}

}  // namespace taskwire::gate
