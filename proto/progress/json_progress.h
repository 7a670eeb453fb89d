#pragma once

#include <string_view>

#include "progress/progress.h"

namespace taskwire::progress {

/// Lines that are a JSON object with a number `progress` or `percent_done`.
///
/// Whether that number goes to 1 or to 100 nobody says. `percent_done` goes to 1, as restic writes it. `progress` goes
/// to 1 once a value between 0 and 1 has come, for either name to 100 once one above 1 has. Before, a whole `1` is 1 %,
/// and `1.0` is not told, since it may be the end. Beside it are taken: `message` and `stage`, and counts of one of the
/// pairs `bytes_done` and `total_bytes`, `files_done` and `total_files`, `done` and `total` (with `unit`), `current`
/// and `total`. A percentage that falls is passed over. Not thread-safe.
class JsonLines {
 public:
  /// Returns whether `text` told something; `progress` is unchanged otherwise.
  bool read(std::string_view text, Progress& progress);

 private:
  enum class Scale { unknown, one, hundred };

  Scale scale_ = Scale::unknown;
  double last_ = 0;
};

}  // namespace taskwire::progress
