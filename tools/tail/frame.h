#pragma once

#include <string>
#include <vector>

#include "tail/text.h"
#include "view/board.h"
#include "view/clock.h"

namespace taskwire::tail {

/// The tasks of `board` in at most `lines` lines of at most `columns`, the newest last: those that have not ended
/// before those that have, and the newer before the older. What finds no room is counted in the last line.
[[nodiscard]] std::vector<std::string> task_lines(view::Board& board, view::Time server_now, int columns,
                                                  std::size_t lines, Style style);

}  // namespace taskwire::tail
