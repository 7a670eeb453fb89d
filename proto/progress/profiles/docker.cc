#include <algorithm>
#include <array>

#include "progress/profiles/profiles.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

struct Status {
  std::string_view text;
  StepState state;
};
/// What is said of a layer while it is pulled or pushed.
constexpr std::array kStatuses = {Status{"Pulling fs layer", StepState::pending},
                                  Status{"Waiting", StepState::pending},
                                  Status{"Preparing", StepState::pending},
                                  Status{"Downloading", StepState::running},
                                  Status{"Verifying Checksum", StepState::running},
                                  Status{"Download complete", StepState::running},
                                  Status{"Extracting", StepState::running},
                                  Status{"Pushing", StepState::running},
                                  Status{"Pull complete", StepState::done},
                                  Status{"Already exists", StepState::done},
                                  Status{"Pushed", StepState::done},
                                  Status{"Layer already exists", StepState::done},
                                  Status{"Mounted from", StepState::done}};

/// A pull or push, `a1b2c3: Downloading [==>   ]  1.2MB/3.4MB`: each layer is a step, the whole is how many are done. A
/// build, `[+] Building 1.2s (5/12)`, and compose, `[+] Running 3/5`.
class Docker : public Profile {
 public:
  bool read(const Drawing& drawing, Stream /*stream*/, Progress& progress) override {
    Scan scan(drawing.text);
    if (scan.skip("[+] ")) return read_build(scan, progress);
    const auto colon = drawing.text.find(": ");
    if (colon == 0 || colon == std::string_view::npos || colon > Progress::kMaxName) return false;
    const auto name = drawing.text.substr(0, colon);
    if (name.find_first_not_of("0123456789abcdef") != std::string_view::npos) return false;
    Scan after(drawing.text.substr(colon + 2));
    const auto* const status =
        std::find_if(kStatuses.begin(), kStatuses.end(), [&](const Status& each) { return after.skip(each.text); });
    return status != kStatuses.end() && read_layer(name, *status, after, progress);
  }

 private:
  static bool read_build(Scan scan, Progress& progress) {
    const bool is_build = scan.skip("Building ");
    if (is_build ? !scan.skip_past("(") : !scan.skip("Running ")) return false;
    const auto done = scan.whole();
    const auto total = scan.skip('/') ? scan.whole() : std::nullopt;
    if (!done || !total || *total == 0 || *done > *total) return false;
    progress.done = done;
    progress.total = total;
    progress.unit = is_build ? "steps" : "parts";
    progress.percent = percent_of(*done, *total);
    return true;
  }

  static bool read_layer(std::string_view name, const Status& status, Scan scan, Progress& progress) {
    auto& steps = progress.steps;
    auto step = std::find_if(steps.begin(), steps.end(), [&](const Step& each) { return each.name == name; });
    if (step == steps.end()) {
      if (steps.size() == Progress::kMaxSteps) return false;
      step = steps.insert(step, Step{std::string(name), status.state, {}, {}});
    }
    step->state = status.state;
    step->done.reset();
    step->total.reset();
    if (scan.spaces().skip('[') && scan.skip_past("]")) {
      const auto done = scan.spaces().bytes(1000);
      const auto total = scan.skip('/') ? scan.bytes(1000) : std::nullopt;
      if (done && total && *done <= *total) {
        step->done = done;
        step->total = total;
      }
    }
    const auto done =
        std::count_if(steps.begin(), steps.end(), [](const Step& each) { return each.state == StepState::done; });
    progress.done = done;
    progress.total = std::int64_t(steps.size());
    progress.unit = "layers";
    progress.percent = percent_of(done, *progress.total);
    return true;
  }
};

}  // namespace

std::unique_ptr<Profile> make_docker(Arguments /*arguments*/) {
  return std::make_unique<Docker>();
}

}  // namespace taskwire::progress
