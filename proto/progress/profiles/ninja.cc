#include "progress/profiles/profiles.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

/// `[2/3] Building CXX object a.o`: how many steps there are may change while it builds.
class Ninja : public Profile {
 public:
  bool read(const Drawing& drawing, Stream /*stream*/, Progress& progress) override {
    Scan scan(drawing.text);
    if (!scan.skip('[')) return false;
    const auto done = scan.whole();
    const auto total = scan.skip('/') ? scan.whole() : std::nullopt;
    if (!done || !total || *total == 0 || *done > *total || !scan.skip("] ")) return false;
    progress.done = done;
    progress.total = total;
    progress.unit = "steps";
    progress.percent = percent_of(*done, *total);
    progress.message = clean(trimmed(scan.rest()), Progress::kMaxText);
    return true;
  }
};

}  // namespace

std::unique_ptr<Profile> make_ninja(Arguments /*arguments*/) {
  return std::make_unique<Ninja>();
}

}  // namespace taskwire::progress
