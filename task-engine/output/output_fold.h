#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/store.h"
#include "text/terminal_line.h"

namespace taskwire::engine {

/// Makes of what an attempt prints what is kept of it: lines in their last form, each stream's in order, as a terminal
/// would leave them. It makes no difference how the text is cut. Not thread-safe.
class OutputFold {
 public:
  /// So many times streams take turns between two calls of `pieces`; what follows is in order of each stream alone.
  static constexpr std::size_t kMostTurns = 1024;
  /// A piece holds so many bytes of whole lines at most, or a part of one line.
  static constexpr std::size_t kMostPiece = TerminalLine::kMaxLine;

  OutputFold() = default;
  /// Goes on where `run` stands; nothing where it does not say so.
  [[nodiscard]] static std::optional<OutputFold> of(const OutputRun& run);

  void take(v1::OutputStream stream, std::string_view text);
  /// No more will come: what stands unfinished is kept as it is.
  void finish();

  /// What is kept since the last call, from `run.place` on, of its attempt; no piece goes on over `border`. `run` is
  /// where it stands then.
  [[nodiscard]] std::vector<OutputPiece> pieces(OutputRun& run, std::int64_t border);

  /// What stands unfinished in a stream.
  [[nodiscard]] std::string unfinished(v1::OutputStream stream) const { return terminal(stream).unfinished(); }

 private:
  struct Kept {
    v1::OutputStream stream;
    std::string text;
  };
  class Sink;

  [[nodiscard]] const TerminalLine& terminal(v1::OutputStream stream) const {
    return stream == v1::OUTPUT_STREAM_STDERR ? err_ : out_;
  }

  TerminalLine out_;
  TerminalLine err_;
  std::vector<Kept> kept_;
};

}  // namespace taskwire::engine
