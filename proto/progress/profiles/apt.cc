#include <array>

#include "progress/profiles/profiles.h"
#include "progress/runs.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

struct Phase {
  std::string_view begin, name;
};
constexpr std::array kPhases = {Phase{"Reading package lists... ", "Reading package lists"},
                                Phase{"Building dependency tree... ", "Building dependency tree"},
                                Phase{"(Reading database ... ", "Reading database"},
                                Phase{"Progress: [", "Installing"}};

/// What goes to `APT::Status-Fd`, `dlstatus:1:49.0282:text`, `pmstatus:package:60.0:text`, `pmerror:…`, and to the
/// terminal, `45% [1 libfoo 1,234 kB/5,678 kB 20%]` and `Progress: [ 45%]`. Which phases there will be is not known.
class Apt : public Profile {
 public:
  bool read(const Drawing& drawing, Stream /*stream*/, Progress& progress) override {
    Scan scan(drawing.text);
    if (scan.skip("dlstatus:")) return read_status(scan, "Downloading", progress);
    if (scan.skip("pmstatus:")) return read_status(scan, "Installing", progress);
    if (scan.skip("pmerror:")) {
      if (!read_status(scan, "Installing", progress)) return false;
      progress.condition = Condition::error;
      return true;
    }
    for (const auto& phase : kPhases) {
      auto after = scan;
      if (!after.skip(phase.begin)) continue;
      const auto percent = after.spaces().percent();
      return percent && tell(phase.name, *percent, progress);
    }
    const auto percent = scan.percent();
    return percent && scan.skip(" [") && tell("Downloading", *percent, progress);
  }

 private:
  bool read_status(Scan scan, std::string_view phase, Progress& progress) {
    if (!scan.skip_past(":")) return false;
    const auto percent = scan.decimal();
    scan.skip('%');
    if (!percent || *percent > 100 || !scan.skip(':')) return false;
    tell(phase, static_cast<int>(*percent), progress);
    progress.message = clean(scan.rest(), Progress::kMaxText);
    return true;
  }

  bool tell(std::string_view phase, int percent, Progress& progress) {
    runs_.tell(key_of(phase), phase, {percent, {}, {}}, progress);
    return true;
  }

  Runs runs_{Runs::Kind::phases};
};

}  // namespace

std::unique_ptr<Profile> make_apt(Arguments /*arguments*/) {
  return std::make_unique<Apt>();
}

}  // namespace taskwire::progress
