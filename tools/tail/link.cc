#include "tail/link.h"

#include <algorithm>

namespace taskwire::tail {

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
