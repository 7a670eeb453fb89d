#include "tail/terminal_display.h"

#include <algorithm>
#include <sys/ioctl.h>
#include <tuple>
#include <utility>

#include "tail/event_text.h"
#include "tail/frame.h"

namespace taskwire::tail {
namespace {

using std::chrono::steady_clock;
constexpr std::size_t kMostLinesAbove = 1000;  // then they are written, however recent the last time is
constexpr std::chrono::seconds kOldest(1);     // what is drawn counts seconds

view::Time wall_now() {
  return std::chrono::floor<view::Millis>(std::chrono::system_clock::now());
}

struct Size {
  int columns;
  int lines;
};

Size size_of(int fd) {
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {80, 24};
  return {size.ws_col, size.ws_row};
}

}  // namespace

TerminalDisplay::TerminalDisplay(Output& output, int fd, std::string source, Style style)
    : output_(output), fd_(fd), source_(std::move(source)), style_(style) {}

bool TerminalDisplay::show(const SseEvent& event, const view::Message& message) {
  take(event, message);
  last_event_id_ = event.last_event_id;
  is_changed_ = true;
  if (above_.size() >= kMostLinesAbove) draw(true);
  return !output_.is_interrupted() && output_.error().empty();
}

void TerminalDisplay::take(const SseEvent& event, const view::Message& message) {
  if (const auto* const task = std::get_if<view::Task>(&message)) {
    if (task->updated) clock_.saw(*task->updated, wall_now());
    board_.apply(*task);
    return;
  }
  if (const auto* const deleted = std::get_if<view::TaskDeleted>(&message)) {
    board_.remove(*deleted);
    return;
  }
  if (std::holds_alternative<view::Synced>(message)) return board_.finish_anew();
  const auto* const reset = std::get_if<view::Reset>(&message);
  if (reset != nullptr) board_.begin_anew();
  if (reset == nullptr || reset->reason != "start")
    above_.push_back(event_text(event, message, clock_.at(wall_now()), style_));
}

void TerminalDisplay::show_link(const Link& link) {
  link_ = link;
  upstream_ = {};
  is_changed_ = true;
}

void TerminalDisplay::show_engine(const view::Upstream& upstream) {
  upstream_ = upstream;
  is_changed_ = true;
}

void TerminalDisplay::refresh() {
  if (is_changed_ || steady_clock::now() - drawn_at_ >= kOldest) draw(true);
}

void TerminalDisplay::forget() {
  screen_.forget();
  is_changed_ = true;
}

void TerminalDisplay::finish() {
  draw(false);
  if (board_.count(view::Board::Filter::all) > 0) std::ignore = output_.write("\n");
}

void TerminalDisplay::draw(bool has_status_line) {
  const auto size = size_of(fd_);
  const int columns = size.columns - 1;  // the cursor needs a place behind each line
  const auto lines = static_cast<std::size_t>(std::max(size.lines - 1, 1));
  const auto board_lines = lines - (has_status_line ? 1 : 0);
  auto frame = task_lines(board_, clock_.at(wall_now()), columns, board_lines, style_);
  if (has_status_line) frame.push_back(status_line(columns));
  std::ignore = board_.take_changed();  // all rows are drawn each time
  std::ignore = output_.write(screen_.draw(std::exchange(above_, {}), frame, size.columns));
  is_changed_ = false;
  drawn_at_ = steady_clock::now();
}

std::string TerminalDisplay::status_line(int columns) const {
  std::string text = source_ + ": " + link_text(link_, steady_clock::now());
  if (link_.state == Link::State::live && !last_event_id_.empty()) text += ", " + last_event_id_;
  if (upstream_.state != view::Upstream::State::up) text += ", " + engine_text(upstream_);
  return coloured(fit(printable(text), columns, style_), "2", style_);
}

}  // namespace taskwire::tail
