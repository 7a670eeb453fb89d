#include "view/output.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "view/foreign_text.h"
#include "view/format.h"

namespace taskwire::view {
namespace {

constexpr char kEscape = '\x1b';
constexpr char kBell = '\x07';

std::optional<std::int64_t> number_of(std::string_view digits) {
  std::int64_t number = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stop != end || number < 0) return std::nullopt;
  return number;
}

/// What comes after the last `mark`; all of it where there is none.
std::string_view after_last(std::string_view text, char mark) {
  return text.substr(text.rfind(mark) + 1);
}

Output::Kind stream_of(const Json& said) {
  return said["stream"].text() == "stderr" ? Output::Kind::err : Output::Kind::out;
}

/// How long the terminal's sequence is that `text` begins with, after its escape character (ECMA-48, 5.4 and 5.6).
std::size_t sequence_length(std::string_view text) {
  if (text.empty()) return 0;
  std::size_t at = 1;
  if (text[0] == '[') {
    while (at < text.size() && text[at] >= 0x20 && text[at] < 0x40) ++at;
    return std::min(at + 1, text.size());
  }
  if (std::string_view("]PX^_").find(text[0]) != std::string_view::npos) {
    for (; at < text.size() && text[at] != '\n'; ++at) {
      if (text[at] == kBell) return at + 1;
      if (text[at] == kEscape) return at + (text.substr(at + 1).starts_with('\\') ? 2 : 0);
    }
    return at;
  }
  while (at <= text.size() && text[at - 1] >= 0x20 && text[at - 1] < 0x30) ++at;
  return std::min(at, text.size());
}

/// Where to end a block that begins with `text`: after a line, if there is one, and never within a character.
std::size_t cut_of(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text.size();
  if (const auto line = text.rfind('\n', most - 1); line != std::string_view::npos) return line + 1;
  auto end = most;
  while (end > most - 4 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return end;
}

}  // namespace

void Output::received(const StreamEvent& event) {
  const auto& type = event.type;
  if (type == "reset") {
    const int revision = revision_;
    const auto number = number_;  // a number is never used twice
    *this = {};
    revision_ = revision + 1;
    number_ = number;
    return;
  }
  const Json said = Json::parse(event.data).value_or(Json());
  if (type == "line" && said.is(Json::Kind::object)) {
    auto& line = unfinished_[stream_of(said) == Kind::err ? 1 : 0];
    line = plain(said["text"].text());
    line.resize(cut_of(line, kMostOfLine));
    ++revision_;
  } else if (type == "output" && said.is(Json::Kind::object) && admit(event.last_event_id)) {
    take_text(said);
  } else if (type == "skipped" && admit(event.last_event_id)) {
    take_skipped(said);
  } else if (type == "attempt") {
    take_attempt(said, event.last_event_id);
  } else if (type == "end") {
    (void)admit(event.last_event_id);
    cut();
    has_ended_ = true;
  }
}

void Output::cut() {
  for (auto& line : unfinished_) line.clear();
  ++revision_;
}

std::optional<std::int64_t> Output::attempt() const {
  return last_ ? number_of(after_last(last_->attempt, '-')) : std::nullopt;
}

std::optional<Output::Place> Output::place_of(std::string_view id) {
  const auto dot = id.rfind('.');
  const auto bytes = number_of(after_last(id, '.'));
  if (dot == std::string_view::npos || !bytes) return std::nullopt;
  return Place{std::string(id.substr(0, dot)), *bytes};
}

bool Output::admit(std::string_view id) {
  auto place = place_of(id);
  if (!place) return true;
  if (last_ && last_->attempt == place->attempt && last_->bytes >= place->bytes) return false;
  last_ = std::move(place);
  return true;
}

void Output::take_text(const Json& said) {
  const auto kind = stream_of(said);
  unfinished_[kind == Kind::err ? 1 : 0].clear();
  append(kind, plain(said["text"].text()));
  ++revision_;
}

void Output::take_skipped(const Json& said) {
  cut();
  const auto from = number_of(after_last(said["from"].text(), '.'));
  const auto to = number_of(after_last(said["to"].text(), '.'));
  const auto bytes = from && to && *from < *to ? *to - *from : 0;
  note((bytes > 0 ? format_bytes(bytes) : std::string("Something")) + " was left out here", bytes);
}

void Output::take_attempt(const Json& said, std::string_view id) {
  cut();
  const auto place = place_of(id);
  const auto told = said["attempt"].whole();
  const auto attempt = told ? told : number_of(after_last(place ? place->attempt : std::string(), '-'));
  if (!attempt || *attempt <= attempt_) return;
  attempt_ = *attempt;
  note("Attempt " + std::to_string(attempt_));
}

void Output::append(Kind kind, std::string_view text) {
  if (!blocks_.empty() && blocks_.back().kind == kind && blocks_.back().text.size() < kBlockSize) {
    const auto cut = cut_of(text, kBlockSize);
    blocks_.back().text.append(text.substr(0, cut));
    size_ += cut;
    text.remove_prefix(cut);
  }
  while (!text.empty()) {
    const auto cut = cut_of(text, kBlockSize);
    add_block(kind, std::string(text.substr(0, cut)));
    text.remove_prefix(cut);
  }
  trim();
}

void Output::note(std::string text, std::int64_t left_out) {
  add_block(Kind::note, std::move(text), left_out);
  trim();
}

void Output::add_block(Kind kind, std::string text, std::int64_t left_out) {
  size_ += text.size() + kBlockCost;
  blocks_.push_back({++number_, kind, std::move(text), left_out});
}

void Output::trim() {
  for (; size_ > kMost && blocks_.size() > 1; blocks_.pop_front()) {
    const auto& first = blocks_.front();
    size_ -= first.text.size() + kBlockCost;
    left_out_above_ += first.left_out;
    if (first.kind != Kind::note) above_ += static_cast<std::int64_t>(first.text.size());
  }
}

std::string plain(std::string_view printed) {
  std::string text;
  text.reserve(printed.size());
  while (!printed.empty()) {
    const auto at = std::min(printed.find_first_of("\x1b\r"), printed.size());
    text += printed.substr(0, at);
    printed.remove_prefix(at);
    if (printed.empty()) break;
    const bool is_sequence = printed[0] == kEscape;
    printed.remove_prefix(1);
    if (is_sequence) printed.remove_prefix(sequence_length(printed));
  }
  return marked(text);
}

}  // namespace taskwire::view
