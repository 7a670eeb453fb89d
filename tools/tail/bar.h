#pragma once

#include <string>

#include "tail/text.h"
#include "view/clock.h"
#include "view/task.h"

namespace taskwire::tail {

/// A bar of `columns` of which `fraction` (0 to 1) is filled.
[[nodiscard]] std::string bar(double fraction, int columns, Style style);

/// A task in one line of at most `columns`: its state in a word, a bar where there is room for one, percent, name, and
/// what else is known. `name_columns`: the place kept for the name. `server_now`: the server's time, for how long the
/// task has run.
[[nodiscard]] std::string task_line(const view::Task& task, view::Time server_now, int columns, int name_columns,
                                    Style style);

/// The same without a bar and of any length, for where lines follow each other.
[[nodiscard]] std::string task_text(const view::Task& task, view::Time server_now);

}  // namespace taskwire::tail
