#include "text/terminal_parser.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "text/utf8.h"

namespace taskwire {
namespace {

constexpr char kEscape = 0x1B;
constexpr char kBell = 0x07;
constexpr char kCancel = 0x18;
constexpr char kSubstitute = 0x1A;
constexpr std::string_view kReplacement = "\uFFFD";

bool is_c0(char c) {
  return static_cast<unsigned char>(c) < 0x20;
}

bool is_printable(char c) {
  return (c >= 0x20 && c < 0x7F) || c == '\t';
}

/// Whether a character begins with these bytes, two or three: whatever follows then makes it one.
bool begins_character(std::string_view bytes) {
  std::array<char, 4> whole = {'\x80', '\x80', '\x80', '\x80'};
  std::copy(bytes.begin(), bytes.end(), whole.begin());
  return utf8_length({whole.data(), whole.size()}) > bytes.size();
}

}  // namespace

std::size_t ControlSequence::parameter(std::size_t index, std::size_t otherwise) const {
  return parameters[index] == 0 ? otherwise : parameters[index];
}

std::size_t printable_run(std::string_view bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHigh = 0x8080808080808080U;
  std::size_t size = 0;
  for (std::uint64_t eight = 0; bytes.size() - size >= sizeof eight; size += sizeof eight) {
    std::memcpy(&eight, bytes.data() + size, sizeof eight);
    const auto deleted = eight ^ (kOnes * 0x7F);
    if (((eight | (eight - kOnes * 0x20) | (deleted - kOnes)) & kHigh) != 0) break;
  }
  while (size < bytes.size() && is_printable(bytes[size])) ++size;
  return size;
}

void TerminalParser::feed(std::string_view bytes, Handler& handler) {
  while (!bytes.empty()) {
    const auto run = is_between() ? printable_run(bytes) : 0;
    if (run > 0) {
      handler.print(bytes.substr(0, run));
      bytes.remove_prefix(run);
      continue;
    }
    take(bytes[0], handler);
    bytes.remove_prefix(1);
  }
}

void TerminalParser::finish(Handler& handler) {
  if (character_size_ > 0) break_character(handler);
  state_ = State::ground;
}

void TerminalParser::take(char c, Handler& handler) {
  switch (state_) {
    case State::ground:
      take_text(c, handler);
      return;
    case State::escape:
    case State::intermediate:
      take_escape(c, handler);
      return;
    case State::sequence:
    case State::bad_sequence:
      take_sequence(c, handler);
      return;
    case State::command:
    case State::command_escape:
    case State::string:
    case State::string_escape:
      take_string(c, handler);
  }
}

void TerminalParser::break_character(Handler& handler) {
  character_size_ = 0;
  handler.print(kReplacement);
}

void TerminalParser::take_text(char c, Handler& handler) {
  const bool is_ascii = static_cast<unsigned char>(c) < 0x80;
  if (character_size_ > 0) {
    character_[character_size_] = c;
    const std::string_view bytes(character_.data(), character_size_ + 1);
    if (!is_ascii && utf8_length(bytes) == bytes.size()) {
      character_size_ = 0;
      if (!begins_with_c1(bytes)) handler.print(bytes);
      return;
    }
    if (!is_ascii && bytes.size() < character_.size() && begins_character(bytes)) {
      ++character_size_;
      return;
    }
    break_character(handler);
  }
  if (c == kEscape) {
    state_ = State::escape;
  } else if (is_printable(c)) {
    handler.print({&c, 1});
  } else if (is_c0(c)) {
    handler.control(c);
  } else if (!is_ascii) {
    const auto lead = static_cast<unsigned char>(c);
    if (lead < 0xC2 || lead > 0xF4) return handler.print(kReplacement);
    character_[0] = c;
    character_size_ = 1;
  }
}

void TerminalParser::take_escape(char c, Handler& handler) {
  if (c == kCancel || c == kSubstitute) {
    state_ = State::ground;
    return;
  }
  if (c == kEscape) {
    state_ = State::escape;
  } else if (is_c0(c)) {
    if (c == '\n') state_ = State::ground;
    handler.control(c);
  } else if (c >= 0x20 && c < 0x30) {
    state_ = State::intermediate;
  } else if (static_cast<unsigned char>(c) >= 0x80) {
    state_ = State::ground;
    take_text(c, handler);
  } else if (state_ == State::intermediate) {
    state_ = State::ground;
  } else if (c == '[') {
    begin_sequence();
  } else if (c == ']') {
    command_.clear();
    state_ = State::command;
  } else if (c == 'P' || c == 'X' || c == '^' || c == '_') {
    state_ = State::string;
  } else {
    state_ = State::ground;
    handler.escape(c);
  }
}

void TerminalParser::begin_sequence() {
  state_ = State::sequence;
  sequence_ = {};
  parameter_ = 0;
}

void TerminalParser::take_sequence(char c, Handler& handler) {
  if (c == kEscape) {
    state_ = State::escape;
  } else if (c == kCancel || c == kSubstitute) {
    state_ = State::ground;
  } else if (is_c0(c)) {
    if (c == '\n') state_ = State::ground;
    handler.control(c);
  } else if (c >= '0' && c <= '9') {
    if (parameter_ >= sequence_.parameters.size()) return;
    auto& value = sequence_.parameters[parameter_];
    value = std::min(value * 10 + static_cast<std::size_t>(c - '0'), ControlSequence::kMaxParameter);
  } else if (c == ';' || c == ':') {
    ++parameter_;
  } else if (c >= '<' && c <= '?') {
    sequence_.is_private = true;
  } else if (c >= 0x20 && c < 0x30) {
    state_ = State::bad_sequence;  // none with intermediate bytes moves the cursor
  } else if (c >= 0x40 && c < 0x7F) {
    const bool is_good = state_ == State::sequence;
    state_ = State::ground;
    sequence_.final = c;
    if (is_good) handler.sequence(sequence_);
  } else if (c != 0x7F) {
    state_ = State::ground;
    take_text(c, handler);
  }
}

void TerminalParser::take_string(char c, Handler& handler) {
  const bool is_command = state_ == State::command || state_ == State::command_escape;
  const bool is_after_escape = state_ == State::command_escape || state_ == State::string_escape;
  const auto end = [&] {
    state_ = State::ground;
    if (is_command && command_.size() <= kMaxCommand) handler.command(command_);
  };
  if (is_after_escape) {
    if (c == '\\') return end();
    state_ = State::escape;
    return take_escape(c, handler);
  }
  if (c == kBell) {
    end();
  } else if (c == kEscape) {
    state_ = is_command ? State::command_escape : State::string_escape;
  } else if (c == kCancel || c == kSubstitute) {
    state_ = State::ground;
  } else if (c == '\n') {
    state_ = State::ground;
    handler.control(c);
  } else if (is_command && command_.size() <= kMaxCommand) {
    command_ += c;
  }
}

}  // namespace taskwire
