#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "gate/allowance.h"
#include "gate/fault.h"
#include "gate/frame_scanner.h"

namespace taskwire::gate {

/// Counts the frames of one HTTP/2 connection, and says when its client takes more than it may. It reads no payload:
/// gRPC behind it checks all else. Confined to the gate's thread.
///
/// A client may hold `Limits::streams_of_one`, and with the others `Limits::streams` and `Limits::request_bytes`. A
/// header block (RFC 9113, 4.3) is at most 64 KiB in 16 frames. An aborted call (RST_STREAM from either side before the
/// answer's end, or the connection's end) takes from the common allowance of them, then from the connection's own,
/// which each call that ends in order fills by one up to 100; while the common one is empty, a connection holds 4 calls
/// and its own allowance. Frames that carry nothing (PING, SETTINGS, empty DATA and the like) are at most 1000, and 100
/// a second more, between two answers.
class FrameGuard {
 public:
  explicit FrameGuard(Allowance& allowance) : allowance_(allowance) { ++allowance_.connections; }
  FrameGuard(const FrameGuard&) = delete;
  FrameGuard& operator=(const FrameGuard&) = delete;
  /// What the connection held is free again.
  ~FrameGuard();

  /// Looks at the next bytes of the client, or of the engine. After a fault the connection has to be closed, and
  /// nothing of these bytes be passed on.
  [[nodiscard]] Fault from_client(std::string_view bytes, engine::SteadyTime now);
  [[nodiscard]] Fault from_engine(std::string_view bytes, engine::SteadyTime now);

  /// Whether the client has said that it speaks HTTP/2 and sent a frame.
  [[nodiscard]] bool is_introduced() const { return is_introduced_; }
  /// The highest stream that the client opened; 0: none.
  [[nodiscard]] std::uint32_t last_stream() const { return last_stream_; }
  [[nodiscard]] std::size_t streams() const { return request_bytes_.size(); }
  /// Whether a frame of our own may follow what the engine has sent so far.
  [[nodiscard]] bool may_speak() const { return is_introduced_ && to_client_.is_between_frames(); }

 private:
  Fault on_client_frame(const Frame& frame, engine::SteadyTime now);
  Fault on_engine_frame(const Frame& frame, engine::SteadyTime now);
  Fault on_header_block(const Frame& frame, engine::SteadyTime now);
  Fault on_new_stream(std::uint32_t stream, engine::SteadyTime now);
  Fault on_data(const Frame& frame);
  Fault on_reset(std::uint32_t stream, engine::SteadyTime now);
  /// Whether the stream was open.
  bool end(std::uint32_t stream);

  Allowance& allowance_;
  FrameScanner to_engine_;
  FrameScanner to_client_;
  std::size_t preface_bytes_ = 0;
  bool is_introduced_ = false;
  std::uint32_t last_stream_ = 0;
  std::unordered_map<std::uint32_t, std::size_t> request_bytes_;  // of each open stream
  std::size_t own_request_bytes_ = 0;
  std::size_t header_bytes_ = 0;  // of the header block under way
  int header_frames_ = 0;
  double earned_resets_ = 0;
  TokenBucket idle_frames_{1000, 100};
};

}  // namespace taskwire::gate
