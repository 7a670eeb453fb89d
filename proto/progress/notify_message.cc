#include "progress/notify_message.h"

#include <algorithm>

#include "progress/progress.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

void take(std::string_view name, std::string_view value, NotifyMessage& message) {
  if (name == "STATUS") {
    message.status = clean(value, Progress::kMaxText);
  } else if (name == "WATCHDOG") {
    message.is_alive = value == "1";
    message.has_failed = value == "trigger";
  } else if (name == "X_TASKWIRE") {
    message.reports_itself = value == "1";
  }
}

}  // namespace

NotifyMessage parse_notify(std::string_view datagram) {
  NotifyMessage message;
  while (!datagram.empty()) {
    const auto size = std::min(datagram.find('\n'), datagram.size());
    const auto line = datagram.substr(0, size);
    const auto sign = line.find('=');
    if (sign != std::string_view::npos) take(line.substr(0, sign), line.substr(sign + 1), message);
    datagram.remove_prefix(std::min(size + 1, datagram.size()));
  }
  return message;
}

}  // namespace taskwire::progress
