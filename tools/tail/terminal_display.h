#pragma once

#include <string>
#include <vector>

#include "tail/display.h"
#include "tail/output.h"
#include "tail/screen.h"
#include "tail/text.h"
#include "view/board.h"
#include "view/clock.h"

namespace taskwire::tail {

/// Shows tasks as bars at the end of a terminal, redrawn in place, with the state of the connection below and all other
/// events as lines that scroll away above. Not thread-safe.
class TerminalDisplay final : public Display {
 public:
  /// `output` is the terminal `fd`, and must outlive it. `source`: what is followed, for people.
  TerminalDisplay(Output& output, int fd, std::string source, Style style);

  [[nodiscard]] bool show(const SseEvent& event, const view::Message& message) override;
  void show_link(const Link& link) override;
  void show_engine(const view::Upstream& upstream) override;
  void refresh() override;
  void forget() override;
  void finish() override;

 private:
  void draw(bool has_status_line);
  void take(const SseEvent& event, const view::Message& message);
  [[nodiscard]] std::string status_line(int columns) const;

  Output& output_;
  int fd_;
  std::string source_;
  Style style_;
  Screen screen_;
  view::Board board_;
  view::ServerClock clock_;
  Link link_;
  view::Upstream upstream_;  // of this connection
  std::string last_event_id_;
  std::vector<std::string> above_;  // lines that were not written yet
  bool is_changed_ = true;
  std::chrono::steady_clock::time_point drawn_at_{};
};

}  // namespace taskwire::tail
