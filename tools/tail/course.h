#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "resume/backoff.h"
#include "tail/exit_status.h"
#include "view/message.h"

namespace taskwire::tail {

/// How a connection came to its end.
struct Cut {
  enum class Kind {
    lost,     ///< Never made, broken, or silent for too long.
    ended,    ///< The stream ended in order.
    refused,  ///< Answered by another status than 200, or by something that is no event stream.
  };
  Kind kind = Kind::lost;
  std::string why;      ///< For people.
  unsigned status = 0;  ///< Of the answer that refused.
  std::chrono::milliseconds retry_after{0};
};

/// What comes after a connection: the next one and when, or the end of the program and how.
///
/// A task that fails may be retried, and a stream that is resumed tells its past ends too. So an end is believed when
/// the stream, asked for what follows it, has nothing to say.
///
/// Not thread-safe.
class Course {
 public:
  /// What the next connection is for.
  enum class Aim {
    follow,   ///< Everything after the last id.
    confirm,  ///< The same; the task has ended, and nothing is expected to follow.
    outcome,  ///< The state of the task, only to learn how it ended: its events have been shown before.
  };
  struct Next {
    std::optional<Ending> ending;
    std::chrono::milliseconds delay{0};
  };

  /// `task_id`: the one task that is followed; empty: another stream. `retries`: whether a lost connection is made
  /// anew.
  Course(std::string task_id, bool retries, Backoff backoff);

  void saw(const view::Message& message);
  /// The stream went on.
  void progressed() { backoff_.reset(); }

  [[nodiscard]] Aim aim() const { return aim_; }
  /// `retry`: the reconnection time that the stream asked for; no delay after a lost connection is shorter.
  [[nodiscard]] Next after(const Cut& cut, std::chrono::milliseconds retry);

 private:
  [[nodiscard]] Next after_refusal(const Cut& cut, std::chrono::milliseconds retry);
  [[nodiscard]] Next again(const Cut& cut, std::chrono::milliseconds retry);

  std::string task_id_;
  bool retries_;
  Backoff backoff_;
  Aim aim_ = Aim::follow;
  std::optional<Ending> outcome_;  // how the one task ended, by its last event
  Cursor end_;                     // of that event
};

}  // namespace taskwire::tail
