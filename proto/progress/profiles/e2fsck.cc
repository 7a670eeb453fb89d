#include <array>

#include "progress/profiles/profiles.h"
#include "progress/runs.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

/// How much of the whole is behind e2fsck after each pass, as its own bar has it.
constexpr std::array<int, 6> kShare = {0, 70, 90, 92, 95, 100};
constexpr std::size_t kPasses = kShare.size() - 1;

/// What `-C` writes to a descriptor, `1 20 300 /dev/sda1` (pass, current, last, device), and its bar, `/dev/sda1: |====
/// / 45.0%`. The five passes are steps.
class E2fsck : public Profile {
 public:
  bool read(const Drawing& drawing, Stream /*stream*/, Progress& progress) override {
    Scan scan(drawing.text);
    const auto pass = scan.whole();
    if (!pass) return read_bar(scan, progress);
    const auto done = scan.skip(' ') ? scan.whole() : std::nullopt;
    const auto total = scan.skip(' ') ? scan.whole() : std::nullopt;
    if (*pass < 1 || *pass > std::int64_t(kPasses) || !done || !total || *done > *total || !scan.skip(' '))
      return false;
    const auto index = static_cast<std::size_t>(*pass - 1);
    progress.stage = "Pass " + std::to_string(*pass);
    progress.done = done;
    progress.total = total;
    progress.steps.clear();
    for (std::size_t i = 0; i < kPasses; ++i) {
      const auto state = i < index ? StepState::done : i == index ? StepState::running : StepState::pending;
      progress.steps.push_back({"Pass " + std::to_string(i + 1), state, {}, {}});
    }
    progress.steps[index].done = done;
    progress.steps[index].total = total;
    const auto share = *total > 0 ? percent_of(*done, *total) : 0;
    progress.percent = kShare[index] + (kShare[index + 1] - kShare[index]) * share / 100;
    return true;
  }

 private:
  static bool read_bar(Scan scan, Progress& progress) {
    if (!scan.skip_past(": |")) return false;
    const auto bar = scan.rest().find_first_not_of("= -/\\|");  // a wheel turns at its end
    if (bar == std::string_view::npos) return false;
    Scan after(scan.rest().substr(bar));
    const auto percent = after.percent();
    if (!percent) return false;
    progress.percent = percent;
    return true;
  }
};

}  // namespace

std::unique_ptr<Profile> make_e2fsck(Arguments /*arguments*/) {
  return std::make_unique<E2fsck>();
}

}  // namespace taskwire::progress
