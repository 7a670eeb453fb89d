#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "gate/allowance.h"
#include "gate/fault.h"
#include "gate/frame_scanner.h"
#include "gate/request_bytes.h"

namespace taskwire::gate {

/// What a guard says of bytes.
struct Verdict {
  Fault fault = Fault::none;  ///< Where there is one the connection has to be closed, and nothing be passed on.
  std::size_t passes = 0;     ///< So many bytes may be passed on; the rest has to wait, and is to be shown again.
};

/// Counts the frames of one HTTP/2 connection, and says when its client takes more than it may. gRPC behind it checks
/// all else. Confined to the gate's thread.
///
/// A client may hold `Limits::streams_of_one`, and with the others `Limits::streams` and `Limits::request_bytes`. A
/// header block (RFC 9113, 4.3) is at most 64 KiB in 16 frames. Frames that carry nothing (PING, SETTINGS, empty DATA
/// and the like) are at most 1000, and 100 a second more, between two answers.
///
/// What nobody has answered yet costs gRPC most, all the more if it is aborted: gRPC takes in calls faster than it gets
/// rid of them. A connection therefore has credit for 4 calls. One that is begun takes from it, and gives it back with
/// one more, up to 100, when the engine begins to answer. Who has no credit takes an advance, of which there are
/// `Limits::advances` for all, and where there is none waits: nobody is closed for what others did. The end of a
/// request waits while Allowance::has_enough() calls are asked whole that have no answer: nothing that those need is
/// held, so they end the wait. A call that is aborted (RST_STREAM from either side before the answer's end) takes from
/// what the connection itself may abort, then from its credit; beyond both it is closed.
class FrameGuard {
 public:
  explicit FrameGuard(Allowance& allowance);
  FrameGuard(const FrameGuard&) = delete;
  FrameGuard& operator=(const FrameGuard&) = delete;
  /// What the connection held is free again.
  ~FrameGuard();

  /// Looks at the next bytes of the client, or of the engine. Those of the engine never wait.
  [[nodiscard]] Verdict from_client(std::string_view bytes, engine::SteadyTime now);
  [[nodiscard]] Verdict from_engine(std::string_view bytes, engine::SteadyTime now);

  /// Whether the client has said that it speaks HTTP/2 and sent a frame.
  [[nodiscard]] bool is_introduced() const { return is_introduced_; }
  /// The highest stream that the client opened; 0: none.
  [[nodiscard]] std::uint32_t last_stream() const { return last_stream_; }
  /// What has to come before those bytes pass that did not.
  enum class Wait {
    none,
    advance,  ///< Credit, or an advance.
    answers,  ///< To what was asked; or others ask less.
  };
  [[nodiscard]] Wait waits_for() const;
  /// Whether a call is open that was asked whole.
  [[nodiscard]] bool has_request() const { return whole_ > 0; }
  [[nodiscard]] std::size_t streams() const { return streams_.size(); }
  /// Whether a frame of our own may follow what the engine has sent so far.
  [[nodiscard]] bool may_speak() const { return is_introduced_ && to_client_.is_between_frames(); }

 private:
  struct Stream {
    RequestBytes request;
    bool is_whole = false;
    bool is_answered = false;
  };

  Fault on_client_frame(const Frame& frame, engine::SteadyTime now);
  Fault on_engine_frame(const Frame& frame, engine::SteadyTime now);
  Fault on_header_block(const Frame& frame);
  Fault on_data(std::uint32_t stream, std::string_view bytes);
  Fault on_reset(std::uint32_t stream, engine::SteadyTime now);
  void on_answer(std::uint32_t stream);
  void on_taken(std::uint32_t stream);
  [[nodiscard]] bool begins_stream(const Frame& frame) const;
  [[nodiscard]] bool ends_request(const Frame& frame) const;
  /// Whether the end of a request has to wait for answers.
  [[nodiscard]] bool has_enough(const Frame& frame) const;
  /// What ended a request is there whole by now.
  void note_end_of_request();
  /// It is about to be answered, or to end.
  void take_from_unanswered(const Stream& stream);
  [[nodiscard]] Fault one_stream_more() const;
  /// Takes credit for a call, or an advance; false where there is neither.
  bool take_credit(engine::SteadyTime now);
  /// Whether the stream was open.
  bool end(std::uint32_t stream);

  Allowance& allowance_;
  FrameScanner to_engine_;
  FrameScanner to_client_;
  std::size_t preface_bytes_ = 0;
  bool is_introduced_ = false;
  std::uint32_t last_stream_ = 0;
  std::unordered_map<std::uint32_t, Stream> streams_;
  std::size_t own_request_bytes_ = 0;
  std::size_t header_bytes_ = 0;  // of the header block under way
  int header_frames_ = 0;
  std::optional<std::uint32_t> ending_;  // a stream whose request ends with the frame or header block under way
  std::size_t whole_ = 0;                // streams whose request is whole
  std::size_t unanswered_ = 0;           // of those
  Wait held_for_ = Wait::none;
  int credit_;
  TokenBucket resets_;
  TokenBucket idle_frames_{1000, 100};
};

}  // namespace taskwire::gate
