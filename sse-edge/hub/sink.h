#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>

#include "hub/event.h"

namespace taskwire::edge {

/// A frame on its way, and who keeps it. Refers to both, so it holds until the hub changes.
class Part {
 public:
  explicit Part(const FramePtr& frame) : frame_(frame.get()), made_(&frame) {}
  Part(const EventPtr& event, Projection projection) : frame_(&event->frame(projection)), event_(&event) {}

  [[nodiscard]] const Frame& frame() const { return *frame_; }
  /// Keeps the frame for as long as it is held; copies no byte of it.
  [[nodiscard]] std::shared_ptr<const void> keep() const {
    if (event_ != nullptr) return *event_;
    return *made_;
  }

 private:
  const Frame* frame_;
  const FramePtr* made_ = nullptr;
  const EventPtr* event_ = nullptr;
};

/// Why a stream's connection is closed.
enum class CloseReason {
  over,      ///< In order: what was handed over goes first, then the response's end.
  left,      ///< The client closed it.
  broken,    ///< It broke.
  stalled,   ///< The reader took no byte for too long.
  vanished,  ///< The reader's machine acknowledges nothing any more.
  talking,   ///< The client sent what nobody reads.
  stopping,  ///< The edge goes; nothing is waited for.
};
inline constexpr std::size_t kCloseReasons = 7;

/// Where the frames of one stream go: a connection of some kind. Confined to its shard's thread.
class Sink {
 public:
  /// Who writes into it.
  class Writer {
   public:
    /// The connection takes more of what was handed over: call flush() when it is its turn.
    virtual void on_writable() = 0;
    /// Once: the connection is closed, and whoever is held for it may go, but not the sink before the call of it has
    /// returned within which this comes, which may be any.
    virtual void on_closed(CloseReason reason) = 0;

   protected:
    ~Writer() = default;
  };

  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  /// Hands over frames, in order, behind what was handed over before. What the connection does not take at once is kept
  /// by reference, and on_writable follows. Answers is_writable(). Nothing may be written after close().
  virtual bool try_write(std::span<const Part> parts) = 0;
  /// Gives the connection what was kept, as far as it takes that; on_writable follows where something is left. Answers
  /// is_writable(). Not needed after close(), which sees to the rest itself.
  virtual bool flush() = 0;
  /// Whether all that was handed over has been taken, and more may be.
  [[nodiscard]] virtual bool is_writable() const = 0;
  /// When the connection last took a byte.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point last_taken() const = 0;
  /// When the reader's machine last acknowledged anything; where the connection cannot tell, when it last took a byte.
  [[nodiscard]] virtual std::chrono::system_clock::time_point last_seen() const = 0;
  /// Ends the connection, and answers by on_closed: at once, or for `over` when all was taken. Further calls may only
  /// cut short what a first one began.
  virtual void close(CloseReason reason) = 0;
};

}  // namespace taskwire::edge
