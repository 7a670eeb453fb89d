#pragma once

#include <cstddef>
#include <deque>
#include <string>

#include "taskwire/v1/event_service.pb.h"

namespace taskwire::edge {

/// Where pulses go, and the type that they have there. Their data is `{"bpm":72,"userId":"alice"}`.
inline constexpr const char* kPulseTopic = "channels/pulse";
inline constexpr const char* kPulseType = "pulse";

/// What the recorded pulses come to. Not thread-safe.
class PulseStatistics {
 public:
  /// Takes in the next pulse; what is none is passed over.
  void add(const v1::Event& event);

  /// `{"count","min","max","mean","pulses":[{"bpm","userId","timestamp"}]}`, the newest 100 pulses, newest first; min,
  /// max and mean are null where there is none.
  [[nodiscard]] std::string json() const;

 private:
  struct Pulse {
    int bpm;
    std::string user_id;
    std::string timestamp;
  };

  std::deque<Pulse> newest_;
  std::size_t count_ = 0;
  int min_ = 0;
  int max_ = 0;
  double sum_ = 0;
};

}  // namespace taskwire::edge
