#include <algorithm>

#include "progress/profiles/profiles.h"
#include "progress/runs.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

/// `3,000,000`, or `3.000.000` where people write it so, or `2.86M`.
bool is_size(std::string_view word) {
  return !word.empty() && word[0] >= '0' && word[0] <= '9' && word.find_first_not_of("0123456789,.KMGTP") == word.npos;
}

/// `      3,000,000  50%    2.95MB/s    0:00:00 (xfr#2, to-chk=2/5)`: with `--info=progress2` of the whole, but of what
/// has been found so far while it says `ir-chk`; with `--progress` of one file, whose name stands on the line before.
class Rsync : public Profile {
 public:
  explicit Rsync(Arguments arguments)
      : is_whole_(std::any_of(arguments.begin(), arguments.end(),
                              [](std::string_view argument) { return argument.find("progress2") != argument.npos; })) {}

  bool read(const Drawing& drawing, Stream /*stream*/, Progress& progress) override {
    Scan scan(drawing.text);
    if (!is_size(scan.word())) {
      if (!is_whole_ || !has_meter_) file_ = clean(trimmed(drawing.text), Progress::kMaxText);
      return false;
    }
    const auto percent = scan.spaces().percent();
    if (!percent || scan.word().find("/s") == std::string_view::npos || !scan.spaces().clock()) return false;
    if (!has_meter_ && file_.empty()) is_whole_ = true;
    has_meter_ = true;
    const bool is_growing = scan.skip_past("ir-chk=");
    if (is_growing || scan.skip_past("to-chk=")) {
      is_growing_ = is_growing;
      const auto left = scan.whole();
      const auto total = scan.skip('/') ? scan.whole() : std::nullopt;
      if (left && total && *left <= *total) {
        progress.done = *total - *left;
        progress.total = total;
        progress.unit = "files";
      }
    }
    if (is_whole_) {
      progress.indeterminate = is_growing_;
      progress.percent = is_growing_ ? std::nullopt : percent;
      return true;
    }
    tell_file(*percent, progress);
    return true;
  }

 private:
  /// How many files there are is known from the end of the first on; how much is in each never is.
  void tell_file(int percent, Progress& progress) {
    progress.stage = file_;
    const auto state = percent == 100 ? StepState::done : StepState::running;
    progress.steps = {{clean(file_, Progress::kMaxName), state, percent, 100}};
    progress.indeterminate = is_growing_ || !progress.total || *progress.total == 0;
    progress.percent.reset();
    if (!progress.indeterminate) progress.percent = percent_of(*progress.done, *progress.total);
  }

  std::string file_;
  bool is_whole_;
  bool has_meter_ = false;
  bool is_growing_ = false;
};

}  // namespace

std::unique_ptr<Profile> make_rsync(Arguments arguments) {
  return std::make_unique<Rsync>(arguments);
}

}  // namespace taskwire::progress
