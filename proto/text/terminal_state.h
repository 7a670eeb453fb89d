#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "text/terminal_line.h"

namespace taskwire {

/// Where a terminal stands, written down, so that another process goes on from there: about as many bytes as are
/// unfinished, and some 20.
[[nodiscard]] std::string write_terminal(const TerminalLine& terminal);

/// The terminal of such bytes; nothing where they are none.
[[nodiscard]] std::optional<TerminalLine> read_terminal(std::string_view bytes);

}  // namespace taskwire
