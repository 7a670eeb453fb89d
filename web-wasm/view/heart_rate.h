#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "view/event_log.h"
#include "view/feed.h"

namespace taskwire::view {

/// The form in which a stream sends a reading.
enum class Pattern {
  words,   ///< `/string-item`: `Heart Rate: 75 bpm`.
  json,    ///< `/json-item`: `{"rate":75,"timestamp":"…"}`.
  number,  ///< `/sse-item`: `75`.
};

/// The beats per minute, 0 to 999, that an event's data says, or nothing where it says none.
[[nodiscard]] std::optional<int> decode_reading(Pattern pattern, std::string_view data);

/// The heart rate as one of the three streams sends it. Not thread-safe.
class HeartRate {
 public:
  static constexpr std::size_t kMostReadings = 60;

  HeartRate(Pattern pattern, int feed_number, std::function<double()> random);

  void received(const StreamEvent& event, Time now);

  [[nodiscard]] Pattern pattern() const { return pattern_; }
  [[nodiscard]] Feed& feed() { return feed_; }
  [[nodiscard]] const Feed& feed() const { return feed_; }
  /// The last readings, oldest first.
  [[nodiscard]] std::vector<int> readings() const;
  /// The same with their ids, and with what was not understood.
  [[nodiscard]] const EventLog& log() const { return log_; }

 private:
  Pattern pattern_;
  Feed feed_;
  EventLog log_{kMostReadings};
};

}  // namespace taskwire::view
