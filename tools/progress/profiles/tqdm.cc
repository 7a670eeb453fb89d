#include "progress/profiles/profiles.h"
#include "progress/runs.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

/// `encode:  30%|███       | 15/50 [00:00<00:00, 49.46file/s]`, and without a total `15file [00:00, 49.46file/s]`. A
/// bar below one that is not through stands for its parts: it is passed over.
class Tqdm : public Profile {
 public:
  bool read(const Drawing& drawing, Stream /*stream*/, Progress& progress) override {
    const auto text = drawing.text;
    const auto bar = text.find("%|");
    if (bar == std::string_view::npos) return false;
    const auto begin = text.find_last_not_of("0123456789", bar - (bar > 0 ? 1 : 0));
    const auto label = begin == std::string_view::npos ? std::string_view() : text.substr(0, begin + 1);
    Scan scan(text.substr(bar + 2));
    if (!scan.skip_past("| ")) return false;
    const auto done = scan.spaces().bytes(1000);  // with unit_scale as 1.05M
    const auto total = scan.skip('/') ? scan.bytes(1000) : std::nullopt;
    if (!done || !total || *done > *total || *total == 0) return false;
    const bool is_below = row_ && drawing.row > *row_ && !is_through_;
    if (is_below) return false;
    row_ = drawing.row;
    is_through_ = *done == *total;

    auto name = trimmed(label);
    if (name.ends_with(':')) name.remove_suffix(1);
    runs_.tell(key_of(name) + drawing.row, name, {{}, done, total, unit_of(scan)}, progress);
    return true;
  }

 private:
  /// `49.46file/s` is of files; `1.2s/file` too.
  static std::string_view unit_of(Scan scan) {
    if (!scan.skip_past(", ")) return {};
    const auto is_number = [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '?' || c == ' '; };
    auto rate = scan.rest().substr(0, scan.rest().find_first_of(",]"));
    while (!rate.empty() && is_number(rate[0])) rate.remove_prefix(1);
    if (rate.starts_with("s/")) return rate.substr(2);
    const auto unit = rate.substr(0, rate.find('/'));
    return unit == "it" ? std::string_view() : unit;
  }

  Runs runs_;
  std::optional<std::uint64_t> row_;
  bool is_through_ = false;
};

}  // namespace

std::unique_ptr<Profile> make_tqdm(Arguments /*arguments*/) {
  return std::make_unique<Tqdm>();
}

}  // namespace taskwire::progress
