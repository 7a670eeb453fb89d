#pragma once

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "text/terminal_line.h"
#include "text/terminal_state.h"

namespace taskwire {

/// All that a TerminalLine told of a stream.
struct TerminalRecord : TerminalLineSink {
  void line(std::string_view text) override { lines.emplace_back(text); }
  void drawing(const Drawing& drawing) override {
    drawings.push_back(std::string(drawing.is_again ? "again: " : "").append(drawing.text));
  }
  void command(std::string_view text) override { commands.emplace_back(text); }

  std::vector<std::string> lines, drawings, commands;
  friend bool operator==(const TerminalRecord& a, const TerminalRecord& b) {
    return a.lines == b.lines && a.drawings == b.drawings && a.commands == b.commands;
  }
};

/// What becomes of `bytes`, fed in pieces of `piece`.
inline TerminalRecord folded(std::string_view bytes, std::size_t piece = std::string_view::npos) {
  TerminalRecord record;
  TerminalLine line;
  for (std::size_t i = 0; i < bytes.size(); i += std::min(piece, bytes.size()))
    line.feed(bytes.substr(i, piece), record);
  line.finish(record);
  return record;
}

/// Expects the same wherever `bytes` are cut in two (at many places, where there are many), and where they come one at
/// a time, also where another process goes on from there.
inline void expect_cuts_make_no_difference(std::string_view bytes) {
  const auto whole = folded(bytes);
  EXPECT_EQ(folded(bytes, 1), whole);
  const std::size_t step = bytes.size() > 1000 ? 37 : 1;
  for (std::size_t cut = 1; cut < bytes.size(); cut += step) {
    TerminalRecord record;
    TerminalLine line;
    line.feed(bytes.substr(0, cut), record);
    auto next = read_terminal(write_terminal(line));
    ASSERT_TRUE(next) << "cut at " << cut;
    line = std::move(*next);
    line.feed(bytes.substr(cut), record);
    line.finish(record);
    ASSERT_EQ(record, whole) << "cut at " << cut;
  }
}

/// The lines of `bytes`, wherever they are cut.
inline std::vector<std::string> lines_of(std::string_view bytes) {
  expect_cuts_make_no_difference(bytes);
  return folded(bytes).lines;
}

}  // namespace taskwire
