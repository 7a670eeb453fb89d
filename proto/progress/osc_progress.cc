#include "progress/osc_progress.h"

#include <algorithm>

#include "progress/scan.h"

namespace taskwire::progress {

bool OscProgress::read(std::string_view command, Progress& progress) {
  Scan scan(command);
  if (!scan.skip("9;4;")) return false;
  const auto state = scan.whole();
  if (!state || *state > 4) return false;
  std::optional<std::int64_t> value;
  if (scan.skip(';')) value = scan.whole();
  scan.skip(';');
  if (!scan.is_at_end()) return false;

  if (*state == 0) {
    if (!is_shown_) return false;
    is_shown_ = false;
    was_removed_ = true;
    progress.condition = Condition::none;
    return true;
  }
  is_shown_ = true;
  progress.condition = *state == 2 ? Condition::error : *state == 4 ? Condition::paused : Condition::none;
  if (*state == 3) {
    progress.indeterminate = true;
    return true;
  }
  if (!value) {
    if (*state == 1) progress.indeterminate = false;
    return true;
  }
  const int percent = static_cast<int>(std::min<std::int64_t>(*value, 100));
  if (was_removed_ && percent < last_) ++run_;
  was_removed_ = false;
  last_ = percent;
  runs_.tell(run_, "", {percent, {}, {}}, progress);
  return true;
}

}  // namespace taskwire::progress
