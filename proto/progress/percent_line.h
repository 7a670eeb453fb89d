#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "progress/progress.h"
#include "progress/runs.h"

namespace taskwire::progress {

/// Lines that are nothing but a percentage, `45%`, and the protocol of zenity (`# text`, and `45` on a line of its
/// own).
///
/// A number alone says nothing: zenity's protocol is believed from the second pair of such lines, next to each other
/// and not falling. A percentage that falls, other than to begin anew, is no progress: it is passed over. Not
/// thread-safe.
class PercentLines {
 public:
  /// Whether `text` can be one of them at all: cheap.
  [[nodiscard]] static bool may_be(std::string_view text);
  /// Whether, of many lines, one can be.
  [[nodiscard]] bool may_be_in(std::string_view lines) const;
  /// Returns whether `text` told something; `progress` is unchanged otherwise.
  bool read(std::string_view text, Progress& progress);
  /// A line that cannot be one of them.
  void pass_over() { note_.reset(); }

 private:
  bool tell(int percent, Progress& progress);

  Runs runs_;
  std::optional<int> last_;
  std::optional<std::string> note_;  // `# text` on the line before
  int pairs_ = 0;
  int paired_ = 0;  // the number of the last pair
};

}  // namespace taskwire::progress
