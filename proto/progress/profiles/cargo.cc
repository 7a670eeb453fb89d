#include <algorithm>
#include <array>

#include "progress/profiles/profiles.h"
#include "progress/runs.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

constexpr std::array<std::string_view, 5> kBuildsOnly = {"build", "b", "check", "clippy", "doc"};
constexpr std::array<std::string_view, 5> kCargoPhases = {"Updating", "Downloading", "Downloaded", "Building",
                                                          "Checking"};

/// `    Building [=====>      ] 45/123: foo, bar`, and `Downloading [..] 3/7`. Only where nothing but a build is asked
/// for, and nothing is downloaded, that is the whole: `test` and `run` go on after it.
class Cargo : public Profile {
 public:
  explicit Cargo(Arguments arguments)
      : runs_(std::any_of(arguments.begin(), arguments.end(), is_build) ? Runs::Kind::parts : Runs::Kind::phases) {}

  bool read(const Drawing& drawing, Stream /*stream*/, Progress& progress) override {
    Scan scan(drawing.text);
    const auto phase = scan.word();
    if (std::find(kCargoPhases.begin(), kCargoPhases.end(), phase) == kCargoPhases.end()) return false;
    if (!scan.skip(" [") || !scan.skip_past("] ")) return false;
    const auto done = scan.spaces().whole();
    const auto total = scan.skip('/') ? scan.whole() : std::nullopt;
    if (!done || !total || *total == 0 || *done > *total) return false;
    runs_.tell(key_of(phase), phase, {{}, done, total, "crates"}, progress);
    if (scan.skip(": ")) progress.message = clean(trimmed(scan.rest()), Progress::kMaxText);
    return true;
  }

 private:
  static bool is_build(std::string_view argument) {
    return std::find(kBuildsOnly.begin(), kBuildsOnly.end(), argument) != kBuildsOnly.end();
  }

  Runs runs_;
};

}  // namespace

std::unique_ptr<Profile> make_cargo(Arguments arguments) {
  return std::make_unique<Cargo>(arguments);
}

}  // namespace taskwire::progress
