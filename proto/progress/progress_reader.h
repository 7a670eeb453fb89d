#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "progress/heuristics.h"
#include "progress/json_progress.h"
#include "progress/osc_progress.h"
#include "progress/percent_line.h"
#include "progress/profile.h"
#include "progress/progress.h"
#include "text/terminal_line.h"

namespace taskwire::progress {

/// Where progress was read from, the least to be trusted first.
enum class Source { none, heuristics, profile, percent_line, json, terminal_sequence };

/// Reads how far a program has come out of what it prints.
///
/// Once a better source has spoken, the worse ones are silent for good, and what they said is forgotten. A profile is
/// asked for by name, or chosen by the command's (`command_of`). Bars of tqdm are known whoever draws them. Where a
/// profile knows a program that prints nothing but its own, the heuristics are off. It makes no difference where the
/// bytes are cut. Not thread-safe.
class ProgressReader : private TerminalLineSink {
 public:
  /// Of a monotonic clock; the reader has none of its own.
  using Time = std::chrono::steady_clock::time_point;

  /// After so long without a byte, an unfinished line stands there as the program meant it.
  static constexpr std::chrono::milliseconds kPause{100};

  /// `command`: the program and its arguments. `profile`: one of `profile_names()`; empty, or any other, for none asked
  /// for.
  explicit ProgressReader(std::span<const std::string> command, std::string_view profile = {});

  /// `bytes` that the program wrote to `stream`, read at `now`. Streams do not mix.
  void feed(std::string_view bytes, Stream stream, Time now);
  /// May be called at any time; nothing has come until `now`. What a program drew last is known only after a pause,
  /// since nothing says that a line that is drawn again is whole.
  void wait(Time now);
  /// The program has ended: reads what was left unfinished.
  void finish();

  [[nodiscard]] const Progress& progress() const { return progress_; }
  /// Rises with every change of `progress()`.
  [[nodiscard]] std::uint64_t version() const { return version_; }
  [[nodiscard]] Source source() const { return source_; }
  /// The name of the profile in use; empty for none.
  [[nodiscard]] std::string_view profile() const { return kind_ == nullptr ? std::string_view() : kind_->name; }

 private:
  struct Input {
    TerminalLine line;
    std::optional<Time> last;  // of its last bytes; nothing once what they left unfinished has been read
  };

  void line(std::string_view /*text*/) override {}
  void drawing(const Drawing& drawing) override;
  bool wants(std::string_view bytes) override;
  void command(std::string_view text) override;
  void settle(Input& input, Stream stream, Time now);
  template <typename Read>
  bool hear(Source source, Read read);

  std::array<Input, 3> inputs_;
  Stream stream_ = Stream::out;  // of what is being read
  Progress progress_;
  std::uint64_t version_ = 0;
  Source source_ = Source::none;

  OscProgress terminal_sequences_;
  JsonLines json_lines_;
  PercentLines percent_lines_;
  const ProfileKind* kind_ = nullptr;
  std::unique_ptr<Profile> profile_;
  std::unique_ptr<Profile> bars_;
  Heuristics heuristics_;
};

}  // namespace taskwire::progress
