#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "hub/event.h"

namespace taskwire::edge {

/// How it stands with the engine, as streams are told by `event: upstream`.
struct EngineState {
  enum class Is : std::uint8_t {
    up,
    down,     ///< It cannot be reached.
    failing,  ///< It is there, and cannot read what is needed.
  };

  Is is = Is::up;
  std::chrono::system_clock::time_point since;
  std::string reason;  ///< Of `failing`: a name of the table of reasons.
};

/// As streams are told it: `down`.
[[nodiscard]] std::string_view name_of(EngineState::Is is);

/// `event: upstream`, without id.
[[nodiscard]] FramePtr upstream_frame(const EngineState& state);

/// What a shard knows of the engine. Confined to its shard's thread.
struct EngineLink {
  bool is_reachable = false;
  EngineState state;     ///< What streams are told; lags behind by the time that an outage has to last.
  FramePtr state_frame;  ///< The same as a frame, made once; null before there was anything to tell.
};

}  // namespace taskwire::edge
