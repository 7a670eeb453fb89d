#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "progress/progress.h"

namespace taskwire::progress {

/// How far one run has come: `percent`, or `done` of `total`, or all of them.
struct Count {
  std::optional<int> percent;
  std::optional<std::int64_t> done, total;
  std::string_view unit = {};

  /// 0 to 1; 0 where there is no total.
  [[nodiscard]] double fraction() const;
};

/// Counts that begin anew: files one after the other, phases, bars beside each other.
///
/// As long as there is one, it is told as the whole. From the second on each is a step, and the whole is not known:
/// nobody said how many there will be, nor how much each is of the whole. Not thread-safe.
class Runs {
 public:
  enum class Kind {
    parts,   ///< One alone is the whole.
    phases,  ///< It is known that there are several. One ends where the next begins.
  };

  explicit Runs(Kind kind = Kind::parts) : kind_(kind) {}

  /// The run `key` has come to `count`; one that is not known begins. One that was nearly through and is near its
  /// beginning again is another run. `name`: what to call it; where empty, `Part 2`.
  void tell(std::uint64_t key, std::string_view name, const Count& count, Progress& progress);

  [[nodiscard]] bool is_empty() const { return runs_.empty(); }
  void clear() { runs_.clear(); }

 private:
  struct Run {
    std::uint64_t key;
    Step step;
    double fraction;
  };

  Run& find(std::uint64_t key, std::string_view name, double fraction);

  Kind kind_;
  std::vector<Run> runs_;
  std::uint64_t begun_ = 0;
};

/// Whether a count that was at `before` and is at `now` (0 to 1) has begun anew, rather than fallen.
[[nodiscard]] bool is_anew(double before, double now);

/// A key for what has a name.
[[nodiscard]] std::uint64_t key_of(std::string_view name);

}  // namespace taskwire::progress
