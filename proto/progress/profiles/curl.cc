#include <algorithm>
#include <array>

#include "progress/profiles/profiles.h"
#include "progress/runs.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

/// The meter, ` 30 1953k   30  585k    0     0   972k      0  0:00:02 --:--:--  0:00:02  971k`, the bar of `-#`,
/// `#######    10.0%`, and the meter of `-Z`, `30 -- 585k …`. The meter begins anew with each file. Of an upload and a
/// download at once it is the first percentage, which is of both.
class Curl : public Profile {
 public:
  bool read(const Drawing& drawing, Stream /*stream*/, Progress& progress) override {
    const auto text = trimmed(drawing.text);
    if (text.starts_with("% Total")) {
      is_new_file_ = true;
      return false;
    }
    if (text.find_first_not_of("#=-oO ") == std::string_view::npos && text.find('O') != std::string_view::npos)
      return tell_unknown(progress);
    Scan bar(text.substr(std::min(text.find_first_not_of("# "), text.size())));
    if (const auto percent = bar.percent(); percent && bar.is_at_end() && (text[0] == '#' || *percent == 0))
      return tell(*percent, progress);
    return read_meter(text, progress);
  }

 private:
  bool read_meter(std::string_view text, Progress& progress) {
    std::array<std::string_view, 13> words;
    std::size_t size = 0;
    for (Scan scan(text); size < words.size(); ++size) {
      words[size] = scan.word();
      if (words[size].empty()) break;
    }
    Scan first(words[0]);
    const auto percent = first.whole();
    if (!percent || *percent > 100 || !first.is_at_end()) return false;
    const auto is_time = [](std::string_view word) { return word == "--:--:--" || Scan(word).clock().has_value(); };
    if (size == 12 && is_time(words[8]) && is_time(words[9]) && is_time(words[10])) {
      if (words[1] == "0" && words[3] != "0") return tell_unknown(progress);
      return tell(static_cast<int>(*percent), progress);
    }
    if (size >= 10 && words[1] == "--" && is_time(words[size - 2])) return tell(static_cast<int>(*percent), progress);
    return false;
  }

  bool tell(int percent, Progress& progress) {
    if (is_new_file_) ++file_;
    is_new_file_ = false;
    runs_.tell(file_, "", {percent, {}, {}}, progress);
    return true;
  }

  bool tell_unknown(Progress& progress) {
    progress.indeterminate = true;
    return true;
  }

  Runs runs_;
  std::uint64_t file_ = 0;
  bool is_new_file_ = false;
};

}  // namespace

std::unique_ptr<Profile> make_curl(Arguments /*arguments*/) {
  return std::make_unique<Curl>();
}

}  // namespace taskwire::progress
