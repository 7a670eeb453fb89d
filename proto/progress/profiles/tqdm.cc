#include "progress/profiles/profiles.h"
#include "progress/runs.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

struct Bar {
  std::string_view name;
  std::int64_t done, total;
  std::string_view unit;
};

/// `49.46file/s` is of files; `1.2s/file` too.
std::string_view unit_of(Scan scan) {
  if (!scan.skip_past(", ")) return {};
  const auto is_number = [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '?' || c == ' '; };
  auto rate = scan.rest().substr(0, scan.rest().find_first_of(",]"));
  while (!rate.empty() && is_number(rate[0])) rate.remove_prefix(1);
  if (rate.starts_with("s/")) return rate.substr(2);
  const auto unit = rate.substr(0, rate.find('/'));
  return unit == "it" ? std::string_view() : unit;
}

std::optional<Bar> parse_bar(std::string_view text) {
  const auto sign = text.find("%|");
  if (sign == std::string_view::npos || sign == 0) return std::nullopt;
  const auto begin = text.find_last_not_of("0123456789", sign - 1);
  auto name = begin == std::string_view::npos ? std::string_view() : trimmed(text.substr(0, begin + 1));
  if (name.ends_with(':')) name.remove_suffix(1);
  Scan scan(text.substr(sign + 2));
  if (!scan.skip_past("| ")) return std::nullopt;
  const auto done = scan.spaces().bytes(1000);  // with unit_scale as 1.05M
  const auto total = scan.skip('/') ? scan.bytes(1000) : std::nullopt;
  if (!done || !total || *done > *total || *total == 0 || !scan.skip(" [")) return std::nullopt;
  return Bar{name, *done, *total, unit_of(scan)};
}

/// `encode:  30%|###       | 15/50 [00:00<00:00, 49.46file/s]`. A bar below one that is not through stands for a part
/// of it: it is passed over.
class Tqdm : public Profile {
 public:
  bool read(const Drawing& drawing, Stream /*stream*/, Progress& progress) override {
    const auto bar = parse_bar(drawing.text);
    if (!bar) return false;
    const bool is_below = row_ && drawing.row > *row_ && !is_through_;
    if (is_below) return false;
    row_ = drawing.row;
    is_through_ = bar->done == bar->total;
    runs_.tell(key_of(bar->name) + drawing.row, bar->name, {{}, bar->done, bar->total, bar->unit}, progress);
    return true;
  }

 private:
  Runs runs_;
  std::optional<std::uint64_t> row_;
  bool is_through_ = false;
};

}  // namespace

bool is_tqdm_bar(std::string_view text) {
  return parse_bar(text).has_value();
}

std::unique_ptr<Profile> make_tqdm(Arguments /*arguments*/) {
  return std::make_unique<Tqdm>();
}

}  // namespace taskwire::progress
