#include "progress/profiles/profiles.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

constexpr std::int64_t kMostBytes = std::int64_t{1} << 52U;

/// What the letters after a number stand for: `M` is 1024², `MB` 1000²; `c`, `w` and `b` are 1, 2 and 512.
std::int64_t factor(Scan& scan) {
  if (scan.skip('w')) return 2;
  if (scan.skip('b')) return 512;
  if (scan.skip('c')) return 1;
  int power = 0;
  for (const std::string_view prefixes : {"kK", "M", "G", "T"}) {
    ++power;
    for (const char prefix : prefixes) {
      if (!scan.skip(prefix)) continue;
      const std::int64_t base = !scan.skip("iB") && scan.skip('B') ? 1000 : 1024;
      std::int64_t value = 1;
      for (int i = 0; i < power; ++i) value *= base;
      return value;
    }
  }
  return 1;
}

/// An operand of dd, such as `4M` or `2x512`; nothing where it is none, or 0, or very large.
std::optional<std::int64_t> size_of(std::string_view text) {
  std::int64_t size = 1;
  Scan scan(text);
  do {
    const auto number = scan.whole();
    if (!number || *number == 0) return std::nullopt;
    const auto scale = factor(scan);
    if (*number > kMostBytes / scale / size) return std::nullopt;
    size *= *number * scale;
  } while (scan.skip('x'));
  if (!scan.is_at_end()) return std::nullopt;
  return size;
}

/// `83359629312 bytes (83 GB, 78 GiB) copied, 2 s, 41.7 GB/s`. The total is known where `count` is given with a block
/// size, and the input may still be shorter; else how far it is is not known.
class Dd : public Profile {
 public:
  explicit Dd(Arguments arguments) {
    std::int64_t block = 512;
    std::optional<std::int64_t> count;
    for (const auto& argument : arguments) {
      Scan scan(argument);
      if (scan.skip("bs=") || scan.skip("ibs=")) {
        const auto size = size_of(scan.rest());
        if (!size) return;
        block = *size;
      } else if (scan.skip("count=")) {
        if (scan.rest().ends_with('B')) return;  // bytes, by some versions
        count = size_of(scan.rest());
      } else if (argument.find("count_bytes") != std::string::npos) {
        return;
      }
    }
    if (count && *count <= kMostBytes / block) total_ = *count * block;
  }

  bool read(const Drawing& drawing, Stream stream, Progress& progress) override {
    if (stream == Stream::out) return false;  // stdout is what is copied
    Scan scan(drawing.text);
    const auto done = scan.whole();
    if (!done || !scan.skip(" byte") || drawing.text.find(" copied, ") == std::string_view::npos) return false;
    progress.done = done;
    progress.unit = "bytes";
    progress.indeterminate = !total_ || *done > *total_;
    progress.total = progress.indeterminate ? std::nullopt : total_;
    progress.percent.reset();
    if (!progress.indeterminate) progress.percent = percent_of(*done, *total_);
    return true;
  }

 private:
  std::optional<std::int64_t> total_;
};

}  // namespace

std::unique_ptr<Profile> make_dd(Arguments arguments) {
  return std::make_unique<Dd>(arguments);
}

}  // namespace taskwire::progress
