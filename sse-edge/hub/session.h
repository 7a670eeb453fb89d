#pragma once

#include <absl/container/inlined_vector.h>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "http/stream_request.h"
#include "hub/event.h"
#include "hub/hub.h"
#include "hub/stream_metrics.h"

namespace taskwire::edge {

/// What one event stream has been given, and what it is owed next: the resume rule, without any I/O.
///
///     covered by the hub             -> read there
///     confirmed, above hub's head    -> wait for the hub
///     else                           -> a page from the engine; where that refuses the cursor, the state phase
///
/// Invariant: no id leaves before everything at or below it that the stream owes. Confined to its shard's thread.
class Session {
 public:
  enum class Need {
    hub,   ///< `read` the hub.
    news,  ///< Wait until the hub changes.
    page,  ///< Ask the engine for `page_request`, and `take` its answer.
    over,  ///< Nothing will follow: the one task that was asked for has ended or is not there.
  };

  /// What one read of the hub may come to. It gives at least one frame where there is one.
  struct Budget {
    std::size_t frames = 64;
    std::size_t bytes = std::size_t{256} << 10;
    std::size_t entries = 4096;  ///< Of the log, given or passed over.
  };

  /// What all sessions of a shard share.
  struct Means {
    std::int64_t max_lag;  ///< A task topic is read latest while more of its events lie ahead.
    StreamMetrics& metrics;
  };

  /// `means` outlives it.
  Session(StreamRequest request, const Means& means, Hub& hub);

  /// What the stream needs now.
  [[nodiscard]] Need next(const Hub& hub) const;

  /// The page to ask for where `next` is `page`.
  [[nodiscard]] v1::ReadEventsRequest page_request() const;
  /// Takes the answer to `page_request`; appends what is to be sent now.
  void take(const Page& page, const Hub& hub, std::vector<FramePtr>& out);

  /// Where `next` is `hub`: appends what comes next there, as much as `budget` allows, and counts it as given. The
  /// pointers hold until the hub changes. `before`: what has to be sent before them. Answers whether there is more.
  bool read(const Hub& hub, const Budget& budget, std::vector<FramePtr>& before, std::vector<const EventPtr*>& out);

  /// Call before `next`. While a stream is idle its cursor goes on with the hub's head; from here on it counts as idle
  /// only when it has read up to the head again.
  void advance(const Hub& hub, const Hub::Subscriber& self);

  /// Up to where the stream is complete. None before the cursor was judged, and between `reset` and `synced`.
  [[nodiscard]] std::optional<Cursor> complete(const Hub& hub, const Hub::Subscriber& self) const;
  /// The id that a heartbeat carries now: as `complete`, but none while the stream waits for the engine. The client may
  /// resume from it, so the stream itself goes on from there, whatever becomes of the hub.
  [[nodiscard]] std::optional<Cursor> heartbeat_id(const Hub& hub, const Hub::Subscriber& self);
  /// Whether it goes on in the hub, and has not read up to `place` there.
  [[nodiscard]] bool is_behind(Sequence place, const Hub& hub) const {
    return phase_ == Phase::run && !is_over_ && hub.covers(cursor_) && cursor_.sequence < place;
  }
  /// Where it goes on in the hub, appends where it begins, which so can leave with whatever is sent first. Before
  /// anything else, if at all.
  void begin(const Hub& hub, std::vector<FramePtr>& out);
  /// Whether the client knows where the stream begins: its first id, or a `reset`, was given.
  [[nodiscard]] bool is_announced() const { return is_announced_; }

  /// What it carries. One topic at least.
  [[nodiscard]] std::span<const Hub::EventLog::TopicRef> topics() const { return topics_; }
  [[nodiscard]] Projection projection() const { return projection_; }
  /// What was asked for, where it is not all events of its topics; else null.
  [[nodiscard]] const StreamRequest* narrowed() const { return narrowed_.get(); }
  [[nodiscard]] bool is_of_one_task() const { return narrowed_ && !narrowed_->task_id.empty(); }
  /// Up to where the client is known to have everything: where the stream is complete, else where it was before the
  /// `reset`, or the id it came with.
  [[nodiscard]] std::optional<Cursor> known(const Hub& hub, const Hub::Subscriber& self) const;

 private:
  enum class Phase : std::uint8_t { start, judge_added, run, state };
  enum class TaskInState : std::uint8_t { absent, living, ended };
  /// What only the state phase needs.
  struct State {
    v1::ResetReason reason;
    std::optional<std::string> others_after;
    bool is_reset_sent = false;
    std::string place, until;
    TaskInState task = TaskInState::absent;  // the one that was asked for
  };

  void begin_state(v1::ResetReason reason, std::optional<std::string> others_after);
  void refuse(v1::ResetReason reason);
  void take_state(const Page& page, std::vector<FramePtr>& out);
  void take_run(const Page& page, const Hub& hub, std::vector<FramePtr>& out);
  void announce(std::vector<FramePtr>& out);
  [[nodiscard]] Need need_at(const Cursor& cursor, const Hub& hub) const;
  [[nodiscard]] bool wants(const Event& event) const { return !is_of_one_task() || event.key == narrowed_->task_id; }
  [[nodiscard]] bool passes_filter(const Event& event) const;
  void count_given(std::size_t events);
  void count_delivery(std::span<const EventPtr* const> events, Sequence lag);

  std::unique_ptr<const StreamRequest> narrowed_;
  absl::InlinedVector<Hub::EventLog::TopicRef, 1> topics_;
  const Means& means_;
  Cursor cursor_;
  std::uint64_t caught_up_in_ = 0;   // the hub's generation in which the stream had read everything; 0: it has not
  std::uint64_t empty_page_at_ = 0;  // the hub's version when the engine had nothing more
  std::unique_ptr<State> state_;     // in the state phase
  Phase phase_ = Phase::start;
  Projection projection_;
  bool is_announced_ = false;  // the stream's first id, or a reset, was sent
  bool is_confirmed_ = false;  // the engine knows the cursor, so one above the hub's head only waits
  bool is_over_ = false;
  bool is_resume_ = false;     // came with an id, of which it is not known yet whether the hub covers it
  bool is_replaying_ = false;  // came with an id, and has not been level with the hub's head since
  bool is_level_ = false;      // with the hub's head, at the last look: what comes is new
  std::uint32_t replayed_ = 0;
};

}  // namespace taskwire::edge
