#include "progress/profiles/profiles.h"
#include "progress/runs.h"
#include "progress/scan.h"
#include "resume/ascii.h"

namespace taskwire::progress {
namespace {

/// `remote: Counting objects:  13% (16/122)`, `Receiving objects:  89% (109/122), 4.33 MiB | 2.16 MiB/s`: each phase
/// goes from 0 to 100 and is a step; which will come is not known, so the whole is not told. All are called "Doing
/// something".
class Git : public Profile {
 public:
  bool read(const Drawing& drawing, Stream stream, Progress& progress) override {
    if (stream == Stream::out) return false;  // progress goes to stderr; stdout is what was asked for
    Scan scan(drawing.text);
    scan.skip("remote: ");
    const auto colon = scan.rest().find(':');
    if (colon == std::string_view::npos || colon == 0 || !is_upper(scan.rest()[0])) return false;
    const auto phase = scan.rest().substr(0, colon);
    if (!phase.substr(0, phase.find(' ')).ends_with("ing") && phase != "Refresh index") return false;
    Scan count(scan.rest().substr(colon + 1));
    if (!count.spaces().percent() || !count.skip(" (")) return false;
    const auto done = count.whole();
    const auto total = count.skip('/') ? count.whole() : std::nullopt;
    if (!done || !total || *done > *total || !count.skip(')')) return false;
    const auto unit = phase.substr(phase.rfind(' ') + 1);
    runs_.tell(key_of(phase), phase, {{}, done, total, unit == phase ? std::string_view() : unit}, progress);
    return true;
  }

 private:
  Runs runs_{Runs::Kind::phases};
};

}  // namespace

std::unique_ptr<Profile> make_git(Arguments /*arguments*/) {
  return std::make_unique<Git>();
}

}  // namespace taskwire::progress
