#include "progress/profiles/profiles.h"
#include "progress/runs.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

/// `[ 12%] Building CXX object a.o`, as makefiles of CMake print it. One such build may follow another.
class Make : public Profile {
 public:
  bool read(const Drawing& drawing, Stream /*stream*/, Progress& progress) override {
    Scan scan(drawing.text);
    if (!scan.skip('[')) return false;
    const auto percent = scan.spaces().percent();
    if (!percent || !scan.skip("] ")) return false;
    runs_.tell(0, "", {percent, {}, {}}, progress);
    progress.message = clean(trimmed(scan.rest()), Progress::kMaxText);
    return true;
  }

 private:
  Runs runs_;
};

}  // namespace

std::unique_ptr<Profile> make_make(Arguments /*arguments*/) {
  return std::make_unique<Make>();
}

}  // namespace taskwire::progress
