#include "output/output_fold.h"

#include <algorithm>
#include <utility>

#include "text/terminal_state.h"

namespace taskwire::engine {

/// Lines of one stream, one after the other, while they have room together.
class OutputFold::Sink final : public TerminalLineSink {
 public:
  Sink(std::vector<Kept>& kept, v1::OutputStream stream) : kept_(kept), stream_(stream) {}
  void line(std::string_view text) override { add(text) += '\n'; }
  [[nodiscard]] bool takes_many() const override { return true; }
  void lines(std::string_view text) override {
    while (!text.empty()) {
      const auto first = text.substr(0, text.find('\n'));
      auto& piece = add(first) += '\n';
      text.remove_prefix(first.size() + 1);
      auto more = text.substr(0, kMostPiece - std::min(kMostPiece, piece.size()));
      more = more.substr(0, more.rfind('\n') + 1);
      piece += more;
      text.remove_prefix(more.size());
    }
  }
  void part(std::string_view text) override {
    if (!text.empty()) (void)add(text);
  }

 private:
  std::string& add(std::string_view text) {
    const std::size_t reach = kept_.size() < kMostTurns ? 1 : 2;
    for (std::size_t back = 1; back <= std::min(reach, kept_.size()); ++back) {
      auto& last = kept_[kept_.size() - back];
      if (last.stream != stream_) continue;
      if (last.text.size() + text.size() >= kMostPiece) break;
      return last.text += text;
    }
    kept_.push_back({stream_, std::string(text)});
    return kept_.back().text;
  }

  std::vector<Kept>& kept_;
  const v1::OutputStream stream_;
};

std::optional<OutputFold> OutputFold::of(const OutputRun& run) {
  auto out = read_terminal(run.out);
  auto err = read_terminal(run.err);
  if (!out || !err || run.next < 0 || run.place < 0) return std::nullopt;
  OutputFold fold;
  fold.out_ = std::move(*out);
  fold.err_ = std::move(*err);
  return fold;
}

void OutputFold::take(v1::OutputStream stream, std::string_view text) {
  const bool is_err = stream == v1::OUTPUT_STREAM_STDERR;
  Sink sink(kept_, is_err ? v1::OUTPUT_STREAM_STDERR : v1::OUTPUT_STREAM_STDOUT);
  (is_err ? err_ : out_).feed(text, sink);
}

void OutputFold::finish() {
  Sink out(kept_, v1::OUTPUT_STREAM_STDOUT);
  out_.finish(out);
  Sink err(kept_, v1::OUTPUT_STREAM_STDERR);
  err_.finish(err);
}

std::vector<OutputPiece> OutputFold::pieces(OutputRun& run, std::int64_t border) {
  std::vector<OutputPiece> pieces;
  for (auto& [stream, text] : std::exchange(kept_, {})) {
    const auto end = run.place + static_cast<std::int64_t>(text.size());
    // What begins before the border may stay for ever, so it ends with the last line before it.
    const auto cut = run.place < border && end > border
                         ? text.rfind('\n', static_cast<std::size_t>(border - run.place - 1))
                         : std::string::npos;
    if (cut != std::string::npos && cut + 1 < text.size()) {
      pieces.push_back({run.attempt, run.place, stream, text.substr(0, cut + 1)});
      text.erase(0, cut + 1);
      run.place += static_cast<std::int64_t>(cut) + 1;
    }
    pieces.push_back({run.attempt, run.place, stream, std::move(text)});
    run.place = end;
  }
  run.out = write_terminal(out_);
  run.err = write_terminal(err_);
  return pieces;
}

}  // namespace taskwire::engine
