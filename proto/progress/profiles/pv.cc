#include "progress/profiles/profiles.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

/// The bar, ` 781KiB 0:00:01 [ 739KiB/s] [====>     ] 40% ETA 0:00:01`, and the numbers of `-n`, which are bytes where
/// the size is not known.
class Pv : public Profile {
 public:
  bool read(const Drawing& drawing, Stream stream, Progress& progress) override {
    if (stream == Stream::out) return false;  // stdout is what flows through
    Scan number(trimmed(drawing.text));
    const auto value = number.whole();
    if (value && number.is_at_end()) return tell_number(*value, progress);
    const auto bar = drawing.text.rfind('[');
    if (bar == std::string_view::npos) return false;
    Scan scan(drawing.text.substr(bar + 1));
    if (!scan.skip_past("]")) return false;
    if (drawing.text.find("<=>", bar) != std::string_view::npos) {
      progress.indeterminate = true;
      return true;
    }
    const auto percent = scan.spaces().percent();
    if (!percent) return false;
    progress.percent = percent;
    progress.indeterminate = false;
    return true;
  }

 private:
  bool tell_number(std::int64_t value, Progress& progress) {
    if (value > 100) {
      is_bytes_ = true;
      progress.percent.reset();
    }
    progress.indeterminate = is_bytes_;
    if (is_bytes_) {
      progress.done = value;
      progress.unit = "bytes";
    } else {
      progress.percent = static_cast<int>(value);
    }
    return true;
  }

  bool is_bytes_ = false;
};

}  // namespace

std::unique_ptr<Profile> make_pv(Arguments /*arguments*/) {
  return std::make_unique<Pv>();
}

}  // namespace taskwire::progress
