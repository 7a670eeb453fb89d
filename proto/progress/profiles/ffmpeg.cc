#include <algorithm>
#include <array>

#include "progress/profiles/profiles.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

constexpr std::array<std::string_view, 8> kOtherLengths = {"-ss",   "-to",       "-sseof",     "-stream_loop",
                                                           "-loop", "-shortest", "-itsoffset", "concat"};

std::optional<std::int64_t> length_of(std::string_view text) {
  Scan scan(text);
  if (const auto time = scan.clock()) return time;
  const auto seconds = scan.decimal();
  if (!seconds || *seconds > 1e9 || !scan.is_at_end()) return std::nullopt;
  return static_cast<std::int64_t>(*seconds * 1000);
}

/// The status, `frame=  240 fps= 60 … time=00:00:04.00 … speed=2x`, and what `-progress` writes, `out_time_us=4000000`
/// and `progress=end`. The length is that of the longest input, `Duration: 00:01:30.00`, or what `-t` says; where the
/// options make the output another length, it is not known.
class Ffmpeg : public Profile {
 public:
  explicit Ffmpeg(Arguments arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (arguments[i] == "-t" && i + 1 < arguments.size()) most_ = length_of(arguments[i + 1]);
      const bool changes = std::find(kOtherLengths.begin(), kOtherLengths.end(), arguments[i]) != kOtherLengths.end();
      if (changes) is_length_known_ = false;
    }
  }

  bool read(const Drawing& drawing, Stream /*stream*/, Progress& progress) override {
    Scan scan(trimmed(drawing.text));
    if (scan.skip("Duration: ")) {
      if (const auto length = scan.clock()) length_ = std::max(length_, *length);
      return false;
    }
    if (scan.skip("progress=end")) {
      if (progress.total) progress.done = progress.total;
      if (progress.percent) progress.percent = 100;
      return progress.done.has_value();
    }
    if (scan.skip("out_time_us=")) {
      const auto time = scan.whole();
      return time && tell(*time / 1000, progress);
    }
    const bool is_status = scan.rest().starts_with("frame=") || scan.rest().starts_with("size=");
    if (!is_status || !scan.skip_past(" time=")) return false;
    const auto time = scan.clock();
    return time && tell(*time, progress);
  }

 private:
  bool tell(std::int64_t time, Progress& progress) {
    auto length = is_length_known_ ? length_ : 0;
    if (most_) length = length > 0 ? std::min(length, *most_) : *most_;
    progress.unit = "s";
    progress.indeterminate = length <= 0;
    progress.done = time / 1000;
    progress.total.reset();
    progress.percent.reset();
    if (progress.indeterminate) return true;
    progress.done = std::min(time, length) / 1000;
    progress.total = length / 1000;
    progress.percent = percent_of(time, length);
    return true;
  }

  std::int64_t length_ = 0;  // ms
  std::optional<std::int64_t> most_;
  bool is_length_known_ = true;
};

}  // namespace

std::unique_ptr<Profile> make_ffmpeg(Arguments arguments) {
  return std::make_unique<Ffmpeg>(arguments);
}

}  // namespace taskwire::progress
