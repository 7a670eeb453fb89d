#include "progress/progress_reader.h"

#include <utility>

#include "progress/command.h"
#include "progress/profiles/profiles.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

/// Rows of different streams are different rows.
std::uint64_t row_of(std::uint64_t row, Stream stream) {
  return row * 3 + static_cast<std::uint64_t>(stream);
}

}  // namespace

ProgressReader::ProgressReader(std::span<const std::string> line, std::string_view profile) : bars_(make_tqdm({})) {
  const auto command = command_of(line);
  kind_ = profile_named(profile);
  if (kind_ == nullptr) kind_ = profile_for(command.name);
  if (kind_ != nullptr) profile_ = kind_->make(command.arguments);
}

void ProgressReader::feed(std::string_view bytes, Stream stream, Time now) {
  if (bytes.empty()) return;
  auto& input = inputs_[static_cast<std::size_t>(stream)];
  settle(input, stream, now);
  input.last = now;
  stream_ = stream;
  input.line.feed(bytes, *this);
}

void ProgressReader::wait(Time now) {
  for (std::size_t i = 0; i < inputs_.size(); ++i) settle(inputs_[i], static_cast<Stream>(i), now);
}

void ProgressReader::finish() {
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    stream_ = static_cast<Stream>(i);
    inputs_[i].line.finish(*this);
    inputs_[i].last.reset();
  }
}

void ProgressReader::settle(Input& input, Stream stream, Time now) {
  if (!input.last || now - *input.last < kPause) return;
  input.last.reset();
  stream_ = stream;
  input.line.settle(*this);
}

template <typename Read>
bool ProgressReader::hear(Source source, Read read) {
  if (source < source_) return false;
  Progress next;
  if (source == source_) next = progress_;
  if (!read(next)) return false;
  source_ = source;
  if (next == progress_) return true;
  progress_ = std::move(next);
  ++version_;
  return true;
}

void ProgressReader::command(std::string_view text) {
  hear(Source::terminal_sequence, [&](Progress& progress) { return terminal_sequences_.read(text, progress); });
}

/// False only where `drawing` would make nothing of any line.
bool ProgressReader::wants(std::string_view bytes) {
  if (source_ == Source::terminal_sequence) return false;
  if (contains(bytes, '{')) return true;
  if (source_ > Source::percent_line) return false;
  if (percent_lines_.may_be_in(bytes)) return true;
  if (source_ > Source::profile) return false;
  if (profile_) return true;
  return source_ <= Source::heuristics && (kind_ == nullptr || kind_->runs_others) && may_hold_candidate(bytes);
}

void ProgressReader::drawing(const Drawing& drawing) {
  if (source_ == Source::terminal_sequence) return;
  const auto text = drawing.text;
  const auto begin = text[0] == ' ' || text[0] == '\t' ? trimmed(text).front() : text[0];
  if (begin == '{') {
    percent_lines_.pass_over();
    if (hear(Source::json, [&](Progress& progress) { return json_lines_.read(text, progress); })) return;
  }
  if (source_ > Source::percent_line) return;
  if (!PercentLines::may_be(text)) {
    percent_lines_.pass_over();
  } else if (hear(Source::percent_line, [&](Progress& progress) { return percent_lines_.read(text, progress); })) {
    return;
  }
  if (source_ > Source::profile) return;
  const Drawing mine{text, row_of(drawing.row, stream_), drawing.is_again};
  if (profile_ && hear(Source::profile, [&](Progress& progress) { return profile_->read(mine, stream_, progress); }))
    return;
  if (source_ > Source::heuristics || (kind_ != nullptr && !kind_->runs_others) || !may_hold_candidate(text)) return;
  hear(Source::heuristics, [&](Progress& progress) {
    return is_tqdm_bar(text) ? bars_->read(mine, stream_, progress) : heuristics_.read(mine, progress);
  });
}

}  // namespace taskwire::progress
