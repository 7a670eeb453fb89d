#include "progress/profiles/profiles.h"
#include "progress/runs.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

/// `Progress 262144 of 1250147` (`--progress-bar raw`), and the bar, `   ━━━━━━ 1.2/3.4 MB 5.6 MB/s eta 0:00:01`. Each
/// file begins with `Downloading name`; how many there will be is not known, nor how long installing takes.
class Pip : public Profile {
 public:
  bool read(const Drawing& drawing, Stream /*stream*/, Progress& progress) override {
    Scan scan(trimmed(drawing.text));
    if (scan.skip("Downloading ")) {
      file_ = scan.word();
      ++files_;
      return false;
    }
    if (scan.skip("Installing collected packages")) {
      if (runs_.is_empty()) return false;
      runs_.tell(key_of("Installing"), "Installing", {}, progress);
      return true;
    }
    if (scan.skip("Progress ")) {
      const auto done = scan.whole();
      const auto total = scan.skip(" of ") ? scan.whole() : std::nullopt;
      return total && scan.is_at_end() && tell(done, total, progress);
    }
    return read_bar(scan, progress);
  }

 private:
  bool read_bar(Scan scan, Progress& progress) {
    if (!scan.rest().starts_with("\u2501") && !scan.rest().starts_with("\u2578")) return false;
    scan.word();
    // `1.2/3.4 MB`: one unit for both.
    const auto done = scan.spaces().decimal();
    const auto total = scan.skip('/') ? scan.decimal() : std::nullopt;
    const auto unit = scan.word();
    const std::string one = "1" + std::string(unit);
    const auto factor = Scan(one).bytes(1000);
    if (!done || !total || !factor) return false;
    const auto bytes = [&](double value) { return whole_of(value * static_cast<double>(*factor)); };
    return tell(bytes(*done), bytes(*total), progress);
  }

  bool tell(std::optional<std::int64_t> done, std::optional<std::int64_t> total, Progress& progress) {
    if (!done || !total || *done > *total) return false;
    runs_.tell(files_, file_, {{}, done, total, "bytes"}, progress);
    return true;
  }

  Runs runs_{Runs::Kind::phases};
  std::string file_;
  std::uint64_t files_ = 0;
};

}  // namespace

std::unique_ptr<Profile> make_pip(Arguments /*arguments*/) {
  return std::make_unique<Pip>();
}

}  // namespace taskwire::progress
