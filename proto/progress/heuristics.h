#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "progress/candidate.h"
#include "progress/progress.h"
#include "progress/runs.h"
#include "text/terminal_line.h"

namespace taskwire::progress {

/// Finds progress of programs that nobody knows: a percentage or fraction that rises on a row that is drawn again, or
/// that has risen twice, over three lines that are the same but for their numbers.
///
/// What falls, other than to begin anew, was no progress: it is forgotten, and its like is not believed again. Not
/// thread-safe.
class Heuristics {
 public:
  /// Returns whether `drawing` told something; `progress` is unchanged otherwise.
  bool read(const Drawing& drawing, Progress& progress);

 private:
  /// One row, or the lines of one template.
  struct Track {
    std::uint64_t key = 0;
    std::uint64_t lead = 0;
    double last = 0;
    int rises = 0;
    bool is_told = false;
    bool is_banned = false;
  };
  using Tracks = std::array<Track, 16>;

  static Track& track_of(Tracks& tracks, std::size_t& next, std::uint64_t key, bool& is_new);
  bool follow(Track& track, bool is_new, const Candidate& candidate, int needed, Progress& progress);

  Tracks rows_ = {};
  Tracks templates_ = {};
  std::size_t next_row_ = 0;
  std::size_t next_template_ = 0;
  Runs runs_;
};

}  // namespace taskwire::progress
