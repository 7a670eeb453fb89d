#pragma once

#include <string_view>

#include "progress/progress.h"
#include "progress/runs.h"

namespace taskwire::progress {

/// The terminal's own progress sequence (ConEmu, OSC 9;4): `9;4;0` removes it, `9;4;1;pr` is a percentage, `9;4;2;pr`
/// an error, `9;4;3` unknown progress, `9;4;4;pr` a pause or warning, told as a pause. `pr` may be absent, then it
/// stays what it was; a `;` at the end is overlooked, as systemd wrote one. A percentage that begins anew after a
/// removal is told as parts. Not thread-safe.
class OscProgress {
 public:
  /// `command`: what stood between `ESC ]` and its end. Returns whether it was of this kind and said something; a
  /// removal of what was not there does not. `progress` is unchanged otherwise.
  bool read(std::string_view command, Progress& progress);

 private:
  Runs runs_;
  std::uint64_t run_ = 0;
  int last_ = 0;
  bool is_shown_ = false;
  bool was_removed_ = false;
};

}  // namespace taskwire::progress
