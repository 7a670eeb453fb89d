#include "tail/line_display.h"

#include "tail/note.h"

namespace taskwire::tail {

bool LineDisplay::show(const SseEvent& event, const view::Message& message) {
  return output_.write(render_(event, message) + '\n');
}

void LineDisplay::show_link(const Link& link) {
  if (link.state == Link::State::waiting) note(link_text(link, std::chrono::steady_clock::now()));
}

void LineDisplay::show_engine(const view::Upstream& upstream) {
  note(engine_text(upstream));
}

}  // namespace taskwire::tail
