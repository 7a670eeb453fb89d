#include "tail/link.h"

#include <algorithm>

#include "view/format.h"

namespace taskwire::tail {

std::string engine_text(const view::Upstream& upstream) {
  using State = view::Upstream::State;
  if (upstream.state == State::up) return "the engine is back";
  std::string text = upstream.state == State::down ? "the engine is away" : "the engine cannot read its store";
  if (upstream.since) text += " since " + view::format_time_of_day(*upstream.since, view::Millis(0)) + " UTC";
  return upstream.reason.empty() ? text : text + ": " + upstream.reason;
}

std::string link_text(const Link& link, std::chrono::steady_clock::time_point now) {
  using std::chrono::seconds;
  switch (link.state) {
    case Link::State::connecting:
      return "connecting";
    case Link::State::live:
      return "live";
    case Link::State::waiting:
      break;
  }
  const auto left = std::max(std::chrono::ceil<seconds>(link.until - now), seconds(0));
  return "reconnecting in " + std::to_string(left.count()) + " s: " + link.why;
}

}  // namespace taskwire::tail
