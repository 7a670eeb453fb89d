#include "progress/profiles/profiles.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

/// `Read:   1.2 MiB /  2.86 MiB ==> 45%`. The percentage is how small the output is, not how far it has come; the same
/// holds of the line at the end, `r.bin :100.00%   (2.86 MiB => 2.86 MiB, r.zst)`.
class Zstd : public Profile {
 public:
  bool read(const Drawing& drawing, Stream /*stream*/, Progress& progress) override {
    Scan scan(drawing.text);
    if (!scan.skip_past("Read:") && !scan.skip_past("Read :")) return false;
    const auto done = scan.spaces().bytes(1000);
    const auto total = scan.spaces().skip('/') ? scan.spaces().bytes(1000) : std::nullopt;
    progress.unit = "bytes";
    progress.indeterminate = !done || !total || *total == 0 || *done > *total;
    progress.done = done;
    progress.total = progress.indeterminate ? std::nullopt : total;
    progress.percent.reset();
    if (!progress.indeterminate) progress.percent = percent_of(*done, *total);
    return true;
  }
};

}  // namespace

std::unique_ptr<Profile> make_zstd(Arguments /*arguments*/) {
  return std::make_unique<Zstd>();
}

}  // namespace taskwire::progress
