#include "tail/bar.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "view/describe.h"

namespace taskwire::tail {
namespace {

constexpr int kStateColumns = 10;   // "cancelling"
constexpr int kPercentColumns = 4;  // "100%"
constexpr std::string_view kGap = "  ";

std::string padded(std::string_view text, int columns, bool is_right = false) {
  const auto missing = static_cast<std::size_t>(std::max(0, columns - columns_of(text)));
  return is_right ? std::string(missing, ' ').append(text) : std::string(text).append(missing, ' ');
}

std::string_view colour_of(view::TaskState state) {
  switch (state) {
    case view::TaskState::running:
      return "36";
    case view::TaskState::succeeded:
      return "32";
    case view::TaskState::failed:
      return "31";
    case view::TaskState::cancelling:
    case view::TaskState::cancelled:
      return "33";
    case view::TaskState::queued:
    case view::TaskState::unknown:
      return "2";
  }
  return {};
}

int bar_columns(int columns) {
  if (columns >= 100) return 30;
  if (columns >= 72) return 20;
  return columns >= 50 ? 10 : 0;
}

std::string percent_of(const view::Task& task) {
  const bool is_known = task.state != view::TaskState::queued && !task.is_indeterminate();
  return is_known ? std::to_string(task.percent) + '%' : std::string();
}

std::string details_of(const view::Task& task, view::Time server_now) {
  auto text = view::describe(task, server_now, false, std::nullopt);
  if (text.note.starts_with(text.stage)) text.stage.clear();
  std::string details;
  for (const auto& part : {text.amount, text.stage, text.note, text.attempt, text.elapsed}) {
    if (!part.empty()) details.append(details.empty() ? "" : ", ").append(part);
  }
  return printable(details);
}

}  // namespace

std::string bar(double fraction, int columns, Style style) {
  constexpr std::array<std::string_view, 8> kParts = {"",       "\u258F", "\u258E", "\u258D",
                                                      "\u258C", "\u258B", "\u258A", "\u2589"};
  const int eighths = static_cast<int>(std::floor(std::clamp(fraction, 0.0, 1.0) * columns * 8));
  std::string text;
  for (int i = 0; i < columns; ++i) {
    const int part = std::clamp(eighths - i * 8, 0, 8);
    if (!style.has_unicode) {
      text += part == 8 ? '#' : '-';
    } else if (part == 8) {
      text += "\u2588";
    } else {
      text += part == 0 ? "\u00B7" : kParts[static_cast<std::size_t>(part)];
    }
  }
  return text;
}

std::string task_line(const view::Task& task, view::Time server_now, int columns, int name_columns, Style style) {
  const auto colour = colour_of(task.state);
  const int bar_size = bar_columns(columns);
  std::string line = coloured(padded(view::state_name(task.state), kStateColumns), colour, style);
  int left = columns - kStateColumns;
  if (bar_size > 0) {
    line.append(kGap).append(coloured(bar(task.fraction(), bar_size, style), colour, style));
    left -= bar_size + 2;
  }
  line.append(" ").append(padded(percent_of(task), kPercentColumns, true));
  left -= kPercentColumns + 1;
  const auto add = [&](const std::string& text, std::string_view code) {
    const auto shown = fit(text, left - 2, style);
    if (shown.empty()) return;
    line.append(kGap).append(coloured(shown, code, style));
    left -= columns_of(shown) + 2;
  };
  add(padded(printable(task.name), name_columns), "");
  add(details_of(task, server_now), "2");
  return left < 0 ? fit(view::state_name(task.state), columns, style) : line;
}

std::string task_text(const view::Task& task, view::Time server_now) {
  const auto details = details_of(task, server_now);
  std::string line =
      padded(view::state_name(task.state), kStateColumns) + ' ' + padded(percent_of(task), kPercentColumns, true);
  line.append(kGap).append(printable(task.name));
  if (!details.empty()) line.append(kGap).append(details);
  return line;
}

}  // namespace taskwire::tail
