#include "progress/notify_message.h"

#include <algorithm>

#include "progress/progress.h"
#include "progress/scan.h"

namespace taskwire::progress {
namespace {

constexpr std::chrono::microseconds kLongest = std::chrono::hours(24 * 365);

void take(std::string_view name, std::string_view value, NotifyMessage& message) {
  if (name == "STATUS") {
    message.status = clean(value, Progress::kMaxText);
  } else if (name == "READY") {
    message.is_ready = value == "1";
  } else if (name == "STOPPING") {
    message.is_stopping = value == "1";
  } else if (name == "WATCHDOG") {
    message.is_alive = value == "1";
    message.has_failed = value == "trigger";
  } else if (name == "EXTEND_TIMEOUT_USEC") {
    Scan scan(value);
    const auto time = scan.whole();
    if (time && scan.is_at_end()) message.extend_timeout = std::min(std::chrono::microseconds(*time), kLongest);
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
