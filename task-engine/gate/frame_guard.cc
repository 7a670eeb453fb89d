#include "gate/frame_guard.h"

#include <algorithm>

namespace taskwire::gate {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";  // RFC 9113, 3.4
constexpr std::size_t kMostHeaderBytes = std::size_t{64} << 10;
constexpr int kMostHeaderFrames = 16;
constexpr double kMostEarnedResets = 100;
constexpr double kStreamsOfStrangers = 4;  // while too many calls are aborted

}  // namespace

FrameGuard::~FrameGuard() {
  --allowance_.connections;
  allowance_.streams -= request_bytes_.size();
  allowance_.ended_streams += request_bytes_.size();
  allowance_.request_bytes -= own_request_bytes_;
  allowance_.resets.charge(request_bytes_.size());
}

Fault FrameGuard::from_client(std::string_view bytes, engine::SteadyTime now) {
  const auto greeting = std::min(kPreface.size() - preface_bytes_, bytes.size());
  if (bytes.substr(0, greeting) != kPreface.substr(preface_bytes_, greeting)) return Fault::not_http2;
  preface_bytes_ += greeting;
  Fault fault = Fault::none;
  (void)to_engine_.scan(bytes.substr(greeting), [&](const Frame& frame) {
    is_introduced_ = true;
    fault = on_client_frame(frame, now);
    return fault == Fault::none;
  });
  return fault;
}

Fault FrameGuard::from_engine(std::string_view bytes, engine::SteadyTime now) {
  Fault fault = Fault::none;
  (void)to_client_.scan(bytes, [&](const Frame& frame) {
    fault = on_engine_frame(frame, now);
    return fault == Fault::none;
  });
  return fault;
}

Fault FrameGuard::on_client_frame(const Frame& frame, engine::SteadyTime now) {
  switch (frame.type) {
    case Frame::headers:
    case Frame::continuation:
      return on_header_block(frame, now);
    case Frame::rst_stream:
      return on_reset(frame.stream, now);
    case Frame::data:
      if (frame.length > 0) return on_data(frame);
      [[fallthrough]];
    default:
      return idle_frames_.take(now) ? Fault::none : Fault::idle_frames;
  }
}

Fault FrameGuard::on_engine_frame(const Frame& frame, engine::SteadyTime now) {
  if (frame.type == Frame::rst_stream) return on_reset(frame.stream, now);
  if (frame.type != Frame::data && frame.type != Frame::headers) return Fault::none;
  idle_frames_.fill();
  if ((frame.flags & Frame::kEndStream) != 0 && end(frame.stream))
    earned_resets_ = std::min(earned_resets_ + 1, kMostEarnedResets);
  return Fault::none;
}

Fault FrameGuard::on_header_block(const Frame& frame, engine::SteadyTime now) {
  header_bytes_ += frame.length;
  ++header_frames_;
  if (header_bytes_ > kMostHeaderBytes || header_frames_ > kMostHeaderFrames) return Fault::header_too_large;
  if ((frame.flags & Frame::kEndHeaders) != 0) {
    header_bytes_ = 0;
    header_frames_ = 0;
  }
  const bool is_new = frame.type == Frame::headers && frame.stream > last_stream_;
  return is_new ? on_new_stream(frame.stream, now) : Fault::none;
}

Fault FrameGuard::on_new_stream(std::uint32_t stream, engine::SteadyTime now) {
  last_stream_ = stream;
  request_bytes_.emplace(stream, 0);
  ++allowance_.streams;
  const auto own = request_bytes_.size();
  if (own > allowance_.limits.streams_of_one) return Fault::streams_beyond_settings;
  if (allowance_.is_over(allowance_.streams, allowance_.limits.streams, own)) return Fault::too_many_streams;
  if (static_cast<double>(own) > kStreamsOfStrangers + earned_resets_ && allowance_.resets.is_empty(now))
    return Fault::too_many_resets;
  return Fault::none;
}

Fault FrameGuard::on_data(const Frame& frame) {
  const auto open = request_bytes_.find(frame.stream);
  if (open == request_bytes_.end()) return Fault::none;
  open->second += frame.length;
  own_request_bytes_ += frame.length;
  allowance_.request_bytes += frame.length;
  return allowance_.is_over(allowance_.request_bytes, allowance_.limits.request_bytes, own_request_bytes_)
             ? Fault::too_many_bytes
             : Fault::none;
}

Fault FrameGuard::on_reset(std::uint32_t stream, engine::SteadyTime now) {
  if (!end(stream)) return idle_frames_.take(now) ? Fault::none : Fault::idle_frames;
  if (allowance_.resets.take(now)) return Fault::none;
  if (earned_resets_ < 1) return Fault::too_many_resets;
  earned_resets_ -= 1;
  return Fault::none;
}

bool FrameGuard::end(std::uint32_t stream) {
  const auto open = request_bytes_.find(stream);
  if (open == request_bytes_.end()) return false;
  own_request_bytes_ -= open->second;
  allowance_.request_bytes -= open->second;
  --allowance_.streams;
  ++allowance_.ended_streams;
  request_bytes_.erase(open);
  return true;
}

}  // namespace taskwire::gate
