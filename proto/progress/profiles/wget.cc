#include "progress/profiles/profiles.h"
#include "progress/runs.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

/// Dots, `   100K .......... ..........  7%  481M 1s`, or a bar, `name   50%[=====>     ] 984.56K   819KB/s`; each file
/// begins with `Saving to: 'name'`, in English and unless told to be quiet.
class Wget : public Profile {
 public:
  bool read(const Drawing& drawing, Stream /*stream*/, Progress& progress) override {
    Scan scan(drawing.text);
    if (scan.skip("Saving to: ")) {
      file_ = scan.rest();
      for (const std::string_view quote : {"'", "\u2018", "\u2019", "`"}) {
        if (file_.starts_with(quote)) file_.erase(0, quote.size());
        if (file_.ends_with(quote)) file_.erase(file_.size() - quote.size());
      }
      ++files_;
      return false;
    }
    return read_dots(scan, progress) || read_bar(drawing, progress);
  }

 private:
  bool read_dots(Scan scan, Progress& progress) {
    if (!scan.spaces().whole() || !scan.skip('K')) return false;
    const auto dots = scan.rest().substr(0, scan.rest().find_first_not_of(" .,+"));
    if (dots.find_first_of(".,") == std::string_view::npos) return false;
    Scan after(scan.rest().substr(dots.size()));
    return tell(after.percent(), progress);
  }

  bool read_bar(const Drawing& drawing, Progress& progress) {
    const auto bracket = drawing.text.find('[');
    if (bracket == std::string_view::npos || bracket == 0) return false;
    if (drawing.text.find("<=>", bracket) != std::string_view::npos) return tell(std::nullopt, progress);
    if (drawing.text[bracket - 1] != '%') return false;
    const auto before = drawing.text.substr(0, bracket);
    Scan scan(before.substr(before.find_last_not_of("0123456789", before.size() - 2) + 1));
    const auto percent = scan.percent();
    return percent && tell(percent, progress);
  }

  bool tell(std::optional<int> percent, Progress& progress) {
    if (!percent) {
      progress.stage = clean(file_, Progress::kMaxText);
      progress.indeterminate = true;
      return true;
    }
    runs_.tell(files_, file_, {percent, {}, {}}, progress);
    return true;
  }

  Runs runs_;
  std::string file_;
  std::uint64_t files_ = 0;
};

}  // namespace

std::unique_ptr<Profile> make_wget(Arguments /*arguments*/) {
  return std::make_unique<Wget>();
}

}  // namespace taskwire::progress
